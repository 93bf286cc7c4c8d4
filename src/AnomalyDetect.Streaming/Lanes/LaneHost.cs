using Akka.Streams;
using Akka.Streams.Stage;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>
/// The stage some lanes live in: one thread at a time, so no lane needs a lock. Every host sees every batch, so that each lane's clock and position move on.
/// An exception in a lane fails the stream: the offset stays where it was and a restart repeats the batch; nothing is skipped.
/// </summary>
/// <param name="cast">The lanes of a shared log; empty where partitions come and go.</param>
internal sealed class LaneHost(LaneCast cast) : GraphStage<FlowShape<RawBatch, LaneResult>>
{
    private readonly Inlet<RawBatch> _in = new("lanes.in");
    private readonly Outlet<LaneResult> _out = new("lanes.out");

    public override FlowShape<RawBatch, LaneResult> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, cast);

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string Tick = "checkpoint";
        private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
        private readonly LaneHost _stage;
        private readonly LaneCast _cast;

        public Logic(LaneHost stage, LaneCast cast)
            : base(stage.Shape)
        {
            (_stage, _cast) = (stage, cast);
            SetHandler(stage._in, onPush: OnPush, onUpstreamFinish: OnUpstreamFinish);
            SetHandler(stage._out, onPull: () =>
            {
                if (!HasBeenPulled(stage._in) && !IsClosed(stage._in)) Pull(stage._in);
            });
        }

        public override void PreStart()
        {
            if (_cast.Saves) ScheduleRepeatedly(Tick, TickInterval);
        }

        protected override void OnTimer(object timerKey) => Hand(_cast.SaveDue());

        private void OnPush()
        {
            var batch = Grab(_stage._in);
            var result = _cast.Take(batch);
            batch.Release();
            if (!Hand(result)) Pull(_stage._in);
        }

        private void OnUpstreamFinish() => Emit(_stage._out, _cast.End(), CompleteStage);

        private bool Hand(LaneResult result)
        {
            if (result.IsNothing) return false;
            Emit(_stage._out, result);
            return true;
        }
    }
}
