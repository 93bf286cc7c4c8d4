using System.Runtime.InteropServices;
using System.Text.Unicode;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>Turns a batch of raw records into events and deals them out to lanes. One thread, one symbol table.</summary>
/// <param name="format">Of records that name none.</param>
/// <param name="find">The format of a name a journal record carries; null when this build has none.</param>
/// <param name="lanes">How many lanes share each batch; 0 where a partition is a lane.</param>
internal sealed class RecordDecoder(IEventFormat format, Func<string, IEventFormat?> find, DecodeLimits limits, SymbolTable symbols, int lanes)
{
    private const int TenantBytes = 128;
    private readonly IEventDecoder _default = format.CreateDecoder(limits, symbols);
    private readonly Dictionary<string, IEventDecoder?> _named = [];
    private DateTime _newest;

    /// <summary>Fills <see cref="RawBatch.Events"/>; nothing that is in a record makes it throw.</summary>
    public RawBatch Decode(RawBatch batch)
    {
        var events = batch.Events;
        events.Partition = batch.Partition;
        foreach (ref readonly var record in CollectionsMarshal.AsSpan(batch.Records)) Decode(batch, record);
        if (batch.ObservedAt == default)
        {
            if (events.Count > 0 && events.Events[^1].ObservedAt > _newest) _newest = events.Events[^1].ObservedAt;
            batch.ObservedAt = _newest;
        }

        return Deal(batch);
    }

    /// <summary>For batches decoded already: only deals their events out.</summary>
    public RawBatch Deal(RawBatch batch)
    {
        batch.Events.Partition = batch.Partition;
        batch.Events.NextOffset = batch.NextOffset;
        batch.Events.ObservedAt = batch.ObservedAt;
        if (lanes > 1) batch.Mine.Fill(batch.Events.Events, lanes);
        return batch;
    }

    private void Decode(RawBatch batch, in RawRecord record)
    {
        Symbol? tenant = null;
        if (record.KeyLength >= 0 && !TryReadKey(batch.Buffer.AsSpan(record.Start - record.KeyLength, record.KeyLength), out tenant))
        {
            Reject(batch, record, record.KeyLength == 0 ? "missing_key" : "invalid_key", "the record's key must be the tenant_id of its events");
            return;
        }

        if (Find(record.Format) is not { } decoder)
        {
            Reject(batch, record, "unknown_format", $"this build does not read the format '{record.Format}'");
            return;
        }

        var origin = new RecordOrigin(batch.Partition, record.Offset, record.ObservedAt, record.TrustInternal, tenant);
        decoder.Decode(batch.Buffer, record.Start, record.Length, origin, batch.Events);
    }

    private bool TryReadKey(ReadOnlySpan<byte> key, out Symbol? tenant)
    {
        tenant = null;
        if (key.Length is 0 or > TenantBytes || !Utf8.IsValid(key)) return false;
        tenant = symbols.Intern(key);
        return true;
    }

    private IEventDecoder? Find(string? name)
    {
        if (name is null || name == format.Name) return _default;
        if (!_named.TryGetValue(name, out var decoder)) _named[name] = decoder = find(name)?.CreateDecoder(limits, symbols);
        return decoder;
    }

    private static void Reject(RawBatch batch, in RawRecord record, string reason, string detail)
    {
        var sample = batch.Buffer.AsSpan(record.Start, Math.Min(record.Length, Rejection.SampleLimit)).ToArray();
        batch.Events.Rejections.Add(new Rejection(new RecordPosition(batch.Partition, record.Offset, 0), reason, detail, sample));
    }
}
