using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Native;

namespace AnomalyDetect.Formats;

/// <summary>
/// The native event contract as NDJSON. A record is a line, or a Kafka value holding one object, an array of objects, or objects on lines of their own.
/// </summary>
public sealed class NativeFormat : IEventFormat
{
    public string Name => "native";

    public TimeSpan AllowedLateness => TimeSpan.FromSeconds(60);

    public IEventDecoder CreateDecoder(DecodeLimits limits, SymbolTable symbols) => new NativeDecoder(limits, symbols);

    public IRecordFramer CreateFramer(DecodeLimits limits) => new LineFramer(limits);
}
