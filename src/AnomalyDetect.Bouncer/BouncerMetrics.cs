using System.Diagnostics.Metrics;
using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Contract;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Reporting;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer;

/// <summary>What the bouncer counts, under the meter <c>AnomalyDetect.Bouncer</c>. Tags hold fixed words, never tenants.</summary>
internal sealed class BouncerMetrics : IDisposable
{
    public const string MeterName = "AnomalyDetect.Bouncer";

    private readonly Meter _meter;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _wouldHave;
    private readonly Counter<long> _unenforced;
    private readonly Counter<long> _captcha;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _resyncs;
    private readonly Counter<long> _unreadable;
    private readonly Counter<long> _reports;

    public BouncerMetrics(IMeterFactory meters, DecisionCopy copy, FeedState state, EnforcementQueue queue)
    {
        _meter = meters.Create(MeterName);
        _refused = _meter.CreateCounter<long>("anomalydetect.bouncer.refused", "{request}", "Requests refused, by decision type.");
        _wouldHave = _meter.CreateCounter<long>("anomalydetect.bouncer.would_have", "{request}", "Requests a dry run would have refused, by decision type.");
        _unenforced = _meter.CreateCounter<long>("anomalydetect.bouncer.unenforced", "{request}", "Requests a decision was not carried out on for want of a captcha provider.");
        _captcha = _meter.CreateCounter<long>("anomalydetect.bouncer.captcha", "{check}", "Solved challenges checked, by outcome.");
        _closed = _meter.CreateCounter<long>("anomalydetect.bouncer.closed", "{request}", "Requests refused because the service was away.");
        _failures = _meter.CreateCounter<long>("anomalydetect.bouncer.feed_failures", "{call}", "Calls for the feed that failed.");
        _resyncs = _meter.CreateCounter<long>("anomalydetect.bouncer.resyncs", "{copy}", "Copies made anew because the feed went back.");
        _unreadable = _meter.CreateCounter<long>("anomalydetect.bouncer.unreadable", "{decision}", "Decisions of a kind this version cannot carry out.");
        _reports = _meter.CreateCounter<long>("anomalydetect.bouncer.reported", "{decision}", "Enforced decisions reported, by result: taken, dropped.");
        _meter.CreateObservableGauge("anomalydetect.bouncer.decisions", () => copy.Table.Count, "{decision}", "Decisions held.");
        _meter.CreateObservableGauge("anomalydetect.bouncer.turned_away", () => copy.Table.TurnedAway, "{decision}", "Decisions that found no room and are not enforced.");
        _meter.CreateObservableGauge("anomalydetect.bouncer.report_queue", () => queue.Count, "{decision}", "Enforced decisions waiting to be reported.");
        _meter.CreateObservableGauge("anomalydetect.bouncer.unreported", () => queue.Lost, "{decision}", "Enforced decisions that found no room to be reported.");
        _meter.CreateObservableGauge("anomalydetect.bouncer.feed_age", () => state.Age?.TotalSeconds ?? double.PositiveInfinity, "s", "Since the service last answered.");
        _meter.CreateObservableGauge("anomalydetect.bouncer.away", () => state.IsAway ? 1 : 0, "{service}", "1 while the service is away.");
    }

    public void Refused(DecisionType type) => _refused.Add(1, new KeyValuePair<string, object?>("type", ContractWord.Of(type)));

    public void WouldHave(DecisionType type) => _wouldHave.Add(1, new KeyValuePair<string, object?>("type", ContractWord.Of(type)));

    public void Unenforced() => _unenforced.Add(1);

    public void Captcha(GateAnswer answer) => _captcha.Add(1, new KeyValuePair<string, object?>("outcome", ContractWord.Of(answer)));

    public void Closed() => _closed.Add(1);

    public void Failed() => _failures.Add(1);

    public void Resynced() => _resyncs.Add(1);

    public void Unreadable(int decisions)
    {
        if (decisions > 0) _unreadable.Add(decisions);
    }

    public void Reported(int decisions, bool taken) => _reports.Add(decisions, new KeyValuePair<string, object?>("result", taken ? "taken" : "dropped"));

    public void Dispose() => _meter.Dispose();
}
