using System.Runtime.InteropServices;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>Where a replay's batches come from, one after the other; null at the end. One thread.</summary>
internal interface IBatchReader : IDisposable
{
    RawBatch? Read();
}

/// <summary>
/// One file or stdin (<c>-</c>), gzip or not, cut into records as it is read. A record's offset is that of its first byte in the (unpacked) text. Memory does
/// not grow with the file.
/// </summary>
internal sealed class FileBatches : IBatchReader
{
    public const int ChunkBytes = 256 << 10;
    private static readonly GzipLimits Gzip = new() { Bytes = long.MaxValue };
    private readonly Stream _stream;
    private readonly IRecordFramer _framer;
    private readonly RawBatchPool _pool;
    private readonly int _partition;
    private readonly bool _trustInternal;
    private readonly List<RecordSpan> _spans = [];
    private byte[] _rest = [];
    private int _restLength;
    private long _offset;
    private bool _ended;

    /// <param name="offset">Of the first byte: where another file's ended, for lanes that have seen that one.</param>
    public FileBatches(Stream stream, int partition, ReplayOptions options, RawBatchPool pool, long offset = 0) =>
        (_stream, _partition, _framer, _pool, _trustInternal, _offset) =
            (BoundedGzip.OpenDetected(stream, Gzip), partition, options.Format.CreateFramer(options.Limits), pool, options.TrustInternal, offset);

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FileBatches Open(string path, int partition, ReplayOptions options, RawBatchPool pool, long offset = 0)
    {
        var stream = path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        return new FileBatches(stream, partition, options, pool, offset);
    }

    public RawBatch? Read()
    {
        if (_ended) return null;
        var batch = _pool.Rent();
        batch.Partition = _partition;
        batch.EnsureCapacity(_restLength);
        _rest.AsSpan(0, _restLength).CopyTo(batch.Buffer);
        batch.Used = _restLength;
        _spans.Clear();
        while (_spans.Count == 0 && !_ended)
        {
            if (batch.Used == batch.Buffer.Length) batch.EnsureCapacity(batch.Used * 2);
            var read = _stream.Read(batch.Buffer, batch.Used, batch.Buffer.Length - batch.Used);
            batch.Used += read;
            _ended = read == 0;
            // A pipe hands out small pieces: cut only what is worth it.
            if (!_ended && batch.Used < batch.Buffer.Length && batch.Used < ChunkBytes / 2) continue;
            var done = _framer.Frame(batch.Buffer.AsSpan(0, batch.Used), _ended, _spans);
            Keep(batch, done);
            CollectionsMarshal.SetCount(batch.Records, _spans.Count);
            var records = CollectionsMarshal.AsSpan(batch.Records);
            for (var i = 0; i < records.Length; i++) records[i] = new RawRecord(_offset + _spans[i].Offset, _spans[i].Offset, _spans[i].Length, null, _trustInternal, null);
            _offset += done;
            if (_spans.Count > 0 || _ended) break;
            _rest.AsSpan(0, _restLength).CopyTo(batch.Buffer);
            batch.Used = _restLength;
        }

        batch.NextOffset = _offset;
        if (batch.Records.Count > 0) return batch;
        batch.Release();
        return null;
    }

    public void Dispose() => _stream.Dispose();

    private void Keep(RawBatch batch, int done)
    {
        _restLength = batch.Used - done;
        if (_rest.Length < _restLength) _rest = new byte[batch.Buffer.Length];
        batch.Buffer.AsSpan(done, _restLength).CopyTo(_rest);
    }
}
