using AnomalyDetect.Core.Events;
using AnomalyDetect.Streaming.Lanes;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>
/// Several files as one, by event time as it passes in each (<see cref="EventBatch.ObserveInOrder"/>): always the file that is furthest behind, on a tie the one named
/// first. ObservedAt is the running maximum over what comes out. A file that is itself out of order stays so.
/// </summary>
internal sealed class MergedFiles(IReadOnlyList<FileBatches> files, Func<RecordDecoder> decoder, RawBatchPool pool) : IBatchReader
{
    private const int BatchEvents = 1024;
    private readonly Head[] _heads = [.. files.Select(f => new Head(f, decoder()))];
    private readonly List<RawBatch> _used = [];
    private bool _started;
    private DateTime _newest;
    private long _batches;

    public RawBatch? Read()
    {
        var batch = pool.Rent();
        if (!_started) foreach (var head in _heads) Load(head, batch);
        _started = true;
        while (batch.Events.Count < BatchEvents && Oldest() is { } oldest)
        {
            ref readonly var next = ref oldest.Batch!.Events.Events[oldest.At];
            if (next.ObservedAt > _newest) _newest = next.ObservedAt;
            ref var merged = ref batch.Events.Next();
            merged = next;
            merged.ObservedAt = _newest;
            batch.Events.Commit();
            if (++oldest.At == oldest.Batch.Events.Count) Load(oldest, batch);
        }

        if (batch.Events.Count == 0 && batch.Events.Rejections.Count == 0)
        {
            batch.Release();
            return null;
        }

        foreach (var head in _heads)
        {
            if (head.Batch is not { } shared) continue;
            shared.Share(2);
            batch.Parents.Add(shared);
        }

        batch.Parents.AddRange(_used);
        _used.Clear();
        batch.NextOffset = ++_batches;
        batch.ObservedAt = _newest;
        return batch;
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    /// <summary>The head's next batch with events in it; what cannot be read goes along with the batch being merged.</summary>
    private void Load(Head head, RawBatch merged)
    {
        if (head.Batch is { } done) _used.Add(done);
        for (head.At = 0; (head.Batch = head.File.Read()) is { } next; next.Release())
        {
            head.Decoder.Decode(next);
            next.Events.ObserveInOrder(ref head.Newest);
            merged.Events.Rejections.AddRange(next.Events.Rejections);
            if (next.Events.Count > 0) return;
        }
    }

    private Head? Oldest()
    {
        Head? oldest = null;
        foreach (var head in _heads)
        {
            if (head.Batch is not null && (oldest is null || head.Next.ObservedAt < oldest.Next.ObservedAt)) oldest = head;
        }

        return oldest;
    }

    private sealed class Head(FileBatches file, RecordDecoder decoder)
    {
        public FileBatches File { get; } = file;

        public RecordDecoder Decoder { get; } = decoder;

        public RawBatch? Batch { get; set; }

        public int At { get; set; }

        public DateTime Newest; // event time, as it passes in the file

        public ref readonly TelemetryEvent Next => ref Batch!.Events.Events[At];
    }
}
