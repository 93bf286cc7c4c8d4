using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats;
using BenchmarkDotNet.Attributes;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// Native events of about 315 bytes from bytes to a batch, beside a plain vectorised read of the same bytes (the floor) and what .NET offers. Figures are for
/// one event. 10,000 principals, 20,000 sessions and 100 tenants keep the symbol table busy.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class DecodeBenchmarks
{
    public const int Events = 4_096;
    private readonly EventBatch _batch = new(Events);
    private readonly List<RecordSpan> _records = new(Events);
    private readonly DecodeLimits _limits = new();
    private byte[] _stream = [];
    private byte[] _shuffled = [];
    private IEventDecoder _decoder = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _stream = Lines(random, shuffle: false);
        _shuffled = Lines(random, shuffle: true);
        _decoder = new NativeFormat().CreateDecoder(_limits, new SymbolTable());
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public uint VectorisedRead()
    {
        var sum = Vector<uint>.Zero;
        foreach (var bytes in MemoryMarshal.Cast<byte, Vector<byte>>(_stream.AsSpan()))
        {
            Vector.Widen(bytes, out var low, out var high);
            Vector.Widen(low + high, out var first, out var second);
            sum += first + second;
        }

        return Vector.Sum(sum);
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Framing() => Frame(_stream);

    /// <summary>Framing, decoding, checking and interning.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int NativeDecode() => Decode(_stream);

    /// <summary>Every event has its keys in another order, so that no expectation holds.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int NativeDecodeInAnyOrder() => Decode(_shuffled);

    [Benchmark(OperationsPerInvoke = Events)]
    public int Utf8JsonReaderWalk()
    {
        Frame(_stream);
        return Walk();
    }

    /// <summary>Of the events framed last.</summary>
    public int Walk()
    {
        var tokens = 0;
        foreach (var record in _records)
        {
            var reader = new Utf8JsonReader(_stream.AsSpan(record.Offset, record.Length));
            while (reader.Read()) tokens++;
        }

        return tokens;
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int SystemTextJsonToClass()
    {
        Frame(_stream);
        var ids = 0;
        foreach (var record in _records)
            ids += JsonSerializer.Deserialize(_stream.AsSpan(record.Offset, record.Length), DecodeJson.Default.PlainEvent)!.Id.Length;
        return ids;
    }

    private int Frame(byte[] stream)
    {
        _records.Clear();
        new NativeFormat().CreateFramer(_limits).Frame(stream, final: true, _records);
        return _records.Count;
    }

    private int Decode(byte[] stream)
    {
        Frame(stream);
        _batch.Clear();
        foreach (var record in _records) _decoder.Decode(stream, record.Offset, record.Length, default, _batch);
        return _batch.Count == Events ? Events : throw new InvalidOperationException($"{_batch.Count} of {Events} events were accepted");
    }

    private static byte[] Lines(Random random, bool shuffle)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Events; i++)
        {
            string[] members =
            [
                string.Create(CultureInfo.InvariantCulture, $"\"id\":\"{random.NextInt64():x16}\""),
                string.Create(CultureInfo.InvariantCulture, $"\"time\":\"2026-03-01T12:{i / 60 % 60:00}:{i % 60:00}.{random.Next(1000):000}Z\""),
                string.Create(CultureInfo.InvariantCulture, $"\"tenant_id\":\"tenant-{random.Next(100):000}\""),
                random.Next(5) == 0 ? "\"type\":\"login\"" : "\"type\":\"api_call\"",
                random.Next(20) == 0 ? "\"outcome\":\"denied\"" : "\"outcome\":\"success\"",
                string.Create(CultureInfo.InvariantCulture, $"\"principal_id\":\"user-{random.Next(10_000):00000}@example.com\""),
                string.Create(CultureInfo.InvariantCulture, $"\"session_id\":\"s-{random.Next(20_000):x16}\""),
                string.Create(CultureInfo.InvariantCulture, $"\"source_ip\":\"203.0.{random.Next(256)}.{random.Next(256)}\""),
                "\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\"",
                "\"resource\":\"/v1/orders\"",
                "\"method\":\"GET\"",
                "\"status\":200",
                string.Create(CultureInfo.InvariantCulture, $"\"duration_ms\":{random.Next(400)}"),
            ];
            if (shuffle) random.Shuffle(members);
            text.Append('{').AppendJoin(',', members).Append("}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

internal sealed record PlainEvent
{
    public string Id { get; init; } = "";

    public DateTimeOffset Time { get; init; }

    public string TenantId { get; init; } = "";

    public string Type { get; init; } = "";

    public string Outcome { get; init; } = "";

    public string? PrincipalId { get; init; }

    public string? SessionId { get; init; }

    public string? SourceIp { get; init; }

    public string? UserAgent { get; init; }

    public string? Resource { get; init; }

    public string? Method { get; init; }

    public int? Status { get; init; }

    public int? DurationMs { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PlainEvent))]
internal sealed partial class DecodeJson : JsonSerializerContext;
