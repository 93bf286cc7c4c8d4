using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace AnomalyDetect.Streaming.Pipelines;

/// <summary>
/// Stands where Akka would have Newtonsoft's serializer for everything: the stream's messages never leave the process, and a start need not load what would write them.
/// </summary>
internal sealed class NoSerializer : Serializer
{
    /// <param name="replaced">Settings of the serializer in whose place it stands; Akka hands them over.</param>
    public NoSerializer(ExtendedActorSystem system, Config replaced)
        : base(system) => _ = replaced;

    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw Refusal(obj.GetType());

    public override object FromBinary(byte[] bytes, Type type) => throw Refusal(type);

    private static NotSupportedException Refusal(Type type) => new($"{type} was to be serialized, and nothing of the stream leaves the process.");
}
