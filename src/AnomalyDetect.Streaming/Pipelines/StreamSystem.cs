using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace AnomalyDetect.Streaming.Pipelines;

/// <summary>The actor system streams run in: quiet, without a life of its own beyond the host's, its warnings and errors in the host's log.</summary>
internal sealed class StreamSystem : IAsyncDisposable
{
    private const string Settings =
        """
        akka {
          loggers = []
          stdout-loglevel = OFF
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.exit-clr = off
          actor.serializers.json = "AnomalyDetect.Streaming.Pipelines.NoSerializer, AnomalyDetect.Streaming"
        }
        """;

    private readonly ActorSystem _system;

    public StreamSystem(ILogger logger)
    {
        _system = ActorSystem.Create("anomalydetect", ConfigurationFactory.ParseString(Settings));
        var bridge = _system.ActorOf(Props.Create<LogBridge>(logger), "log");
        _system.EventStream.Subscribe(bridge, typeof(Warning));
        _system.EventStream.Subscribe(bridge, typeof(Akka.Event.Error));
        Materializer = _system.Materializer(DetectionGraph.Settings(_system));
    }

    public ActorMaterializer Materializer { get; }

    public async ValueTask DisposeAsync()
    {
        Materializer.Dispose();
        await _system.Terminate().ConfigureAwait(false);
        _system.Dispose();
    }

    /// <summary>No ReceiveActor: that one compiles expressions as the system starts.</summary>
    private sealed class LogBridge(ILogger logger) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is LogEvent e) logger.Log(e is Warning ? LogLevel.Warning : LogLevel.Error, e.Cause, "{Source}: {Message}", e.LogSource, e.Message);
            else Unhandled(message);
        }
    }
}
