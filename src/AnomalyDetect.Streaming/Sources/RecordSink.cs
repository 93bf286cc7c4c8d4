using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>
/// Copies a consumed record's key and value straight behind what its batch holds, so that a message leaves no garbage. The client deserialises before it
/// tells the partition, so the batch is a guess (the last one: records come in runs) and corrected by <see cref="Place"/>.
/// </summary>
internal sealed class RecordSink : IDeserializer<RecordSink.Key>, IDeserializer<RecordSink.Value>
{
    private readonly RawBatch _spare = new(null, 64 << 10);
    private RawBatch _guess;
    private int _start;
    private int _keyLength;

    /// <summary>A record is deserialised and not yet placed: its bytes lie last in the guessed batch.</summary>
    private bool _pending;

    public RecordSink() => _guess = _spare;

    public readonly record struct Key;

    public readonly record struct Value(int Length);

    Key IDeserializer<Key>.Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        _start = _guess.Used;
        _keyLength = data.Length;
        _pending = true;
        Append(data);
        return default;
    }

    Value IDeserializer<Value>.Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        Append(data);
        return new Value(data.Length);
    }

    /// <summary>Makes the record just consumed one of <paramref name="batch"/>.</summary>
    public void Place(RawBatch batch, long offset, int length, DateTime observedAt, bool trustInternal)
    {
        if (!ReferenceEquals(batch, _guess)) MoveTo(batch);
        _pending = false;
        batch.Records.Add(new RawRecord(offset, _start + _keyLength, length, observedAt, trustInternal, null, _keyLength));
    }

    /// <summary>The record just consumed is not wanted.</summary>
    public void Discard()
    {
        _guess.Used = _start;
        _pending = false;
    }

    /// <summary>
    /// The batch is handed on: nothing may be written to it, and nothing of it read, any more. A record that waits for its place in the next one (a batch that
    /// ends before it, at the offset from which outcomes are owed) is taken out first.
    /// </summary>
    public void LetGo(RawBatch batch)
    {
        if (!ReferenceEquals(batch, _guess)) return;
        if (_pending) MoveTo(_spare);
        else _guess = _spare;
    }

    /// <summary>Moves the pending record behind what <paramref name="batch"/> holds, which is the guess from now on.</summary>
    private void MoveTo(RawBatch batch)
    {
        var record = _guess.Buffer.AsSpan(_start, _guess.Used - _start);
        batch.EnsureCapacity(batch.Used + record.Length);
        record.CopyTo(batch.Buffer.AsSpan(batch.Used));
        _guess.Used = _start;
        (_guess, _start) = (batch, batch.Used);
        batch.Used += record.Length;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        _guess.EnsureCapacity(_guess.Used + data.Length);
        data.CopyTo(_guess.Buffer.AsSpan(_guess.Used));
        _guess.Used += data.Length;
    }
}
