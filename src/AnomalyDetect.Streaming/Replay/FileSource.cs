using Akka.Streams;
using Akka.Streams.Stage;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>Reads on demand until the files end.</summary>
internal sealed class FileSource(IBatchReader reader) : GraphStage<SourceShape<RawBatch>>
{
    private readonly Outlet<RawBatch> _out = new("files.out");

    public override SourceShape<RawBatch> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(_out, reader);

    private sealed class Logic : GraphStageLogic
    {
        public Logic(Outlet<RawBatch> outlet, IBatchReader reader)
            : base(new SourceShape<RawBatch>(outlet)) =>
            SetHandler(outlet, onPull: () =>
            {
                if (reader.Read() is { } batch) Push(outlet, batch);
                else CompleteStage();
            });
    }
}
