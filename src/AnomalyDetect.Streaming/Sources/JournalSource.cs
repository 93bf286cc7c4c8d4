using Akka.Streams;
using Akka.Streams.Stage;
using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>Reads the journal from a position on and waits at its head. Whatever is there is a batch: it never waits for a fuller one.</summary>
/// <param name="from">The slowest lane's checkpoint.</param>
/// <param name="cuts">Positions no batch may reach across.</param>
internal sealed class JournalSource(Journal journal, long from, IReadOnlyCollection<long> cuts) : GraphStage<SourceShape<RawBatch>>
{
    private readonly Outlet<RawBatch> _out = new("journal.out");

    public override SourceShape<RawBatch> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(_out, journal, new JournalReader(journal, from, cuts));

    private sealed class Logic : GraphStageLogic
    {
        private readonly Outlet<RawBatch> _out;
        private readonly Journal _journal;
        private readonly JournalReader _reader;
        private readonly RawBatchPool _pool = new(JournalReader.BatchBytes);
        private readonly Action _grown;

        public Logic(Outlet<RawBatch> outlet, Journal journal, JournalReader reader)
            : base(new SourceShape<RawBatch>(outlet))
        {
            (_out, _journal, _reader) = (outlet, journal, reader);
            _grown = GetAsyncCallback(Next);
            SetHandler(outlet, onPull: Next);
        }

        public override void PostStop() => _reader.Dispose();

        private void Next()
        {
            var batch = _pool.Rent();
            if (_reader.TryRead(batch))
            {
                Push(_out, batch);
                return;
            }

            batch.Release();
            _journal.GrownBeyond(_reader.Position).ContinueWith(_ => _grown(), TaskScheduler.Default);
        }
    }
}
