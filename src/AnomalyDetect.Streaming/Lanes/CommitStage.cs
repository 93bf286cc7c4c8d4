using Akka;
using Akka.Streams;
using Akka.Streams.Stage;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>
/// The end of the stream: one write at a time, each with everything that has come meanwhile. Results that only move a position wait for company, at most a
/// second. A bounded number waits; then the lanes do. The task completes once everything is in the store.
/// </summary>
internal sealed class CommitStage(StoreWriter writer, CancellationToken abort) : GraphStageWithMaterializedValue<SinkShape<LaneResult>, Task>
{
    private const int Most = 64;
    private static readonly TimeSpan PositionInterval = TimeSpan.FromSeconds(1);
    private readonly Inlet<LaneResult> _in = new("commit.in");

    public override SinkShape<LaneResult> Shape => new(_in);

    public override ILogicAndMaterializedValue<Task> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new LogicAndMaterializedValue<Task>(new Logic(this, done, writer, abort), done.Task);
    }

    private sealed class Logic : TimerGraphStageLogic
    {
        private readonly CommitStage _stage;
        private readonly TaskCompletionSource _done;
        private readonly StoreWriter _writer;
        private readonly CancellationToken _abort;
        private readonly PendingCommits _pending = new();
        private readonly Action<Exception?> _written;
        private bool _writing;
        private bool _finishing;

        public Logic(CommitStage stage, TaskCompletionSource done, StoreWriter writer, CancellationToken abort)
            : base(stage.Shape)
        {
            (_stage, _done, _writer, _abort) = (stage, done, writer, abort);
            _written = GetAsyncCallback<Exception?>(OnWritten);
            SetHandler(stage._in, onPush: OnPush, onUpstreamFinish: OnUpstreamFinish, onUpstreamFailure: Fail);
        }

        public override void PreStart()
        {
            SetKeepGoing(true);
            ScheduleRepeatedly(nameof(PositionInterval), PositionInterval);
            Pull(_stage._in);
        }

        public override void PostStop() => _done.TrySetException(new InvalidOperationException("the stream was stopped before everything was stored"));

        protected override void OnTimer(object timerKey) => Write(evenPositions: true);

        private void OnPush()
        {
            _pending.Add(Grab(_stage._in));
            Write(evenPositions: false);
            PullMore();
        }

        private void OnUpstreamFinish()
        {
            _finishing = true;
            Finish();
        }

        private void OnWritten(Exception? failure)
        {
            _writing = false;
            if (failure is not null)
            {
                Fail(failure);
                return;
            }

            Finish();
            Write(evenPositions: false);
            PullMore();
        }

        private void Write(bool evenPositions)
        {
            if (_writing || _pending.Count == 0 || !(evenPositions || _pending.IsUrgent)) return;
            _writing = true;
            var results = _pending.Take();
            Task.Run(() => _writer.WriteAsync(results, _abort)).ContinueWith(
                t => _written(t.IsCanceled ? new OperationCanceledException("stopped while the store could not be written") : t.Exception?.InnerException),
                TaskScheduler.Default);
        }

        private void Finish()
        {
            if (!_finishing) return;
            Write(evenPositions: true);
            if (_writing) return;
            _done.TrySetResult();
            CompleteStage();
        }

        private void Fail(Exception failure)
        {
            _done.TrySetException(failure);
            FailStage(failure);
        }

        private void PullMore()
        {
            if (_pending.Count < Most && !HasBeenPulled(_stage._in) && !IsClosed(_stage._in)) Pull(_stage._in);
        }
    }
}
