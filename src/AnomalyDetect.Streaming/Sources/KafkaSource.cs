using Akka.Streams;
using Akka.Streams.Stage;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>
/// The stream's end of a Kafka consumer: starts it when the stream starts, takes what it gathered as the stream asks for it, and stops its reading when the
/// stream stops. The consumer stays in its group until what was read is stored (<see cref="KafkaConsumer.CloseAsync"/>).
/// </summary>
internal sealed class KafkaSource(KafkaConsumer consumer) : GraphStage<SourceShape<RawBatch>>
{
    private readonly Outlet<RawBatch> _out = new("kafka.out");

    public override SourceShape<RawBatch> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(_out, consumer);

    private sealed class Logic : GraphStageLogic
    {
        private readonly Outlet<RawBatch> _out;
        private readonly KafkaConsumer _consumer;
        private readonly Action<Task<bool>> _arrived;

        public Logic(Outlet<RawBatch> outlet, KafkaConsumer consumer)
            : base(new SourceShape<RawBatch>(outlet))
        {
            (_out, _consumer) = (outlet, consumer);
            _arrived = GetAsyncCallback<Task<bool>>(OnArrived);
            SetHandler(outlet, onPull: Next);
        }

        public override void PreStart() => _consumer.Start();

        public override void PostStop() => _consumer.StopReading();

        private void Next()
        {
            if (_consumer.Queue.TryTake(out var batch)) Push(_out, batch);
            else _consumer.Queue.WaitAsync().ContinueWith(_arrived, TaskScheduler.Default);
        }

        private void OnArrived(Task<bool> task)
        {
            if (task.Exception is { } failure) FailStage(failure.InnerException!);
            else if (task.Result) Next();
            else CompleteStage();
        }
    }
}
