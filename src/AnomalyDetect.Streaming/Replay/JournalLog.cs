using System.Text;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Win32.SafeHandles;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>What a journal holds on disk, also while a service writes it: up to the last whole record there was when it was reached.</summary>
/// <param name="directory">Of the journal.</param>
public sealed class JournalLog(string directory) : ReplayLog
{
    public override string Name => "the journal";

    internal override IBatchReader Open(RawBatchPool pool) => new Reader(Directory.Exists(directory) ? [.. Directory.GetFiles(directory, "*.journal").Order(StringComparer.Ordinal)] : [], pool);

    private sealed class Reader(string[] paths, RawBatchPool pool) : IBatchReader
    {
        private SafeFileHandle? _handle;
        private JournalSegment? _segment;
        private int _next;
        private long _at;
        private string _format = "";

        public RawBatch? Read()
        {
            while (_handle is not null || MoveOn())
            {
                var (batch, before) = (pool.Rent(), _at);
                Fill(batch, JournalReader.BatchBytes);
                Take(batch);
                if (_at > before) return batch; // heartbeats alone move the clock on
                batch.Release();
                Close();
            }

            return null;
        }

        public void Dispose() => Close();

        private bool MoveOn()
        {
            while (_next < paths.Length)
            {
                var path = paths[_next++];
                try
                {
                    _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                }
                catch (FileNotFoundException)
                {
                    continue; // its time was over just now
                }

                _segment = JournalSegment.Open(path);
                _at = JournalSegment.HeaderSize;
                if (_segment is not null) return true;
                Close();
                if (_next < paths.Length) throw new JournalCorruptException(Path.GetFileName(path), 0, "its header cannot be read");
            }

            return false;
        }

        private void Close()
        {
            _handle?.Dispose();
            _handle = null;
        }

        private void Fill(RawBatch batch, int bytes)
        {
            batch.EnsureCapacity(bytes);
            batch.Used = 0;
            while (batch.Used < bytes)
            {
                var read = RandomAccess.Read(_handle!, batch.Buffer.AsSpan(batch.Used, bytes - batch.Used), _at + batch.Used);
                if (read == 0) return;
                batch.Used += read;
            }
        }

        private void Take(RawBatch batch)
        {
            var start = 0;
            while (batch.Records.Count < JournalReader.BatchRecords)
            {
                var rest = batch.Buffer.AsSpan(start, batch.Used - start);
                var position = _segment!.Base + _at - JournalSegment.HeaderSize;
                if (!JournalRecord.TryRead(rest, position, out var header))
                {
                    var size = JournalRecord.PeekSize(rest);
                    var isCut = size == 0 || size > rest.Length;
                    if (start == 0 && size > batch.Used && size > JournalReader.BatchBytes && _at + size <= RandomAccess.GetLength(_handle!))
                    {
                        Fill(batch, size);
                        continue;
                    }

                    // In the last segment that is the end so far; in one that is closed there is none but at its very end.
                    if (rest.Length > 0 && _next < paths.Length && (!isCut || start == 0)) throw new JournalCorruptException(_segment.Name, position, "its bytes have changed");
                    break;
                }

                batch.ObservedAt = header.ObservedAt;
                if (!header.Flags.HasFlag(JournalFlags.Heartbeat))
                {
                    var name = batch.Buffer.AsSpan(start + header.NameStart, header.NameLength);
                    if (!Ascii.Equals(name, _format)) _format = Encoding.ASCII.GetString(name);
                    batch.Records.Add(new RawRecord(position, start + header.PayloadStart, header.PayloadLength, header.ObservedAt, header.Flags.HasFlag(JournalFlags.TrustInternal), _format));
                }

                start += header.Size;
                _at += header.Size;
                batch.NextOffset = position + header.Size;
            }
        }
    }
}
