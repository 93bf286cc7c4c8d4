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

    public RecordSink() => _guess = _spare;

    public readonly record struct Key;

    public readonly record struct Value(int Length);

    Key IDeserializer<Key>.Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        _start = _guess.Used;
        _keyLength = data.Length;
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
        if (!ReferenceEquals(batch, _guess))
        {
            var from = _guess.Buffer.AsSpan(_start, _keyLength + length);
            batch.EnsureCapacity(batch.Used + from.Length);
            from.CopyTo(batch.Buffer.AsSpan(batch.Used));
            _guess.Used = _start;
            (_guess, _start) = (batch, batch.Used);
            batch.Used += from.Length;
        }

        batch.Records.Add(new RawRecord(offset, _start + _keyLength, length, observedAt, trustInternal, null, _keyLength));
    }

    /// <summary>The record just consumed is not wanted.</summary>
    public void Discard() => _guess.Used = _start;

    /// <summary>The batch is handed on: nothing may be written to it any more.</summary>
    public void LetGo(RawBatch batch)
    {
        if (ReferenceEquals(batch, _guess)) _guess = _spare;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        _guess.EnsureCapacity(_guess.Used + data.Length);
        data.CopyTo(_guess.Buffer.AsSpan(_guess.Used));
        _guess.Used += data.Length;
    }
}
