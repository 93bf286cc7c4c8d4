using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Response.Routing;
using AnomalyDetect.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Response.Tests.Fixtures;

/// <summary>The real store in a directory of its own, with the real router.</summary>
internal sealed class ResponseStore : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("anomalydetect-response-").FullName;
    private readonly ResponseOptions _options;
    private readonly TimeProvider _time;
    private long _offset;

    public ResponseStore(ResponseOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Store = Open();
    }

    public Store Store { get; private set; }

    /// <summary>Taken when the store is opened. Nothing waits for a person or cools off unless a test is about that.</summary>
    public GuardOptions Guards { get; set; } = new() { Approval = new ApprovalOptions { Types = [], Tenants = false }, CoolOff = TimeSpan.Zero };

    public IOutbox Outbox => Store.Outbox;

    public IDecisionStore Decisions => Store.Decisions;

    public Alert Tell(Alert? alert = null, params Audience[] audiences)
    {
        alert ??= Some.Alert();
        var outcome = new Outcome();
        outcome.Alerts.Add(alert);
        if (audiences.Length == 0) audiences = [Audience.SocTier1];
        outcome.Notifications.AddRange(audiences.Select(a => Some.Notification(alert, a)));
        Commit(outcome);
        return alert;
    }

    public Decision Decide(Decision decision)
    {
        var outcome = new Outcome();
        outcome.Decisions.Add(decision);
        Commit(outcome);
        return decision;
    }

    /// <summary>All in one commit.</summary>
    public IReadOnlyList<Decision> Decide(IReadOnlyList<Decision> decisions)
    {
        var outcome = new Outcome();
        outcome.Decisions.AddRange(decisions);
        Commit(outcome);
        return decisions;
    }

    public Delivery Delivery(string id) => Outbox.List(null, null, 0, 1000).Single(d => d.Id == id);

    public IReadOnlyList<Delivery> All(DeliveryState? state = null) => Outbox.List(state, null, 0, 1000);

    public void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Commit(Outcome outcome) => Store.Lanes.Commit([new LaneCommit("journal/0", ++_offset, outcome, [])]);

    private Store Open() =>
        Store.Open(new StoreOptions { Path = Path.Combine(_directory, "store.db") }, new DeliveryRouter(_options), _time, NullLogger.Instance, Guards);
}
