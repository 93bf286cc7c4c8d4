using AnomalyDetect.Streaming.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.Pipelines;

[TestClass]
public sealed class StreamSystemTests
{
    [TestMethod]
    public async Task Nothing_of_a_stream_is_serialized()
    {
        await using var system = new StreamSystem(NullLogger.Instance);
        var serializer = system.Materializer.System.Serialization.FindSerializerForType(typeof(object));
        Assert.IsInstanceOfType<NoSerializer>(serializer);
        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => serializer.ToBinary("a message")).Message, "System.String was to be serialized");
        Assert.ThrowsExactly<NotSupportedException>(() => serializer.FromBinary<string>([]));
    }
}
