using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Tracing;

[TestClass]
public sealed class LaneTraceTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Forged(int n) => SomeTelemetry.Event(T0.AddSeconds(n), id: $"f{n}") with
    {
        Type = EventType.TokenValidation,
        Outcome = EventOutcome.Failure,
        Reason = FailureReason.BadSignature,
        SourceIp = NetworkAddress.Parse("203.0.113.9"),
    };

    private static (LaneTrace Trace, Outcome Outcome) Follow(string? eventId, string? alertId, params TelemetryEvent[] events)
    {
        var trace = new LaneTrace(eventId, alertId);
        var lane = new Lane(SomeTelemetry.Options(), trace);
        var outcome = new Outcome();
        foreach (var e in events)
        {
            var batch = new EventBatch(1) { ObservedAt = e.ObservedAt };
            batch.Add(e);
            lane.Process(batch, outcome);
        }

        lane.Complete(outcome);
        return (trace, outcome);
    }

    private static string Text(LaneTrace trace) => string.Join('\n', trace.Notes.Select(n => $"{n.Step}: {n.Text}"));

    [TestMethod]
    public void An_event_below_the_threshold_shows_where_its_windows_stand()
    {
        var text = Text(Follow("f4", null, [.. Enumerable.Range(0, 15).Select(Forged)]).Trace);
        StringAssert.Contains(text, "its proof failed, so the identities it names are claims");
        StringAssert.Contains(text, "invalid_claim_injection: address 203.0.113.9 stands at 5 in 00:01:00, not above the limit of 10");
        Assert.DoesNotContain("Alert:", text);
    }

    [TestMethod]
    public void The_event_that_crosses_shows_the_alert_and_what_each_rule_made_of_it()
    {
        var (trace, outcome) = Follow("f10", null, [.. Enumerable.Range(0, 15).Select(Forged)]);
        var text = Text(trace);
        StringAssert.Contains(text, "stands at 11 in 00:01:00, above the limit of 10");
        StringAssert.Contains(text, $"revision 1 of alert {outcome.Alerts[0].Id}");
        StringAssert.Contains(text, "block-claim-forgers: block_ip against address 203.0.113.9 until");
        StringAssert.Contains(text, "block-claim-forgers: revoke_session takes session, and none drives this alert");
        StringAssert.Contains(text, "soc_tier1 is told");
    }

    [TestMethod]
    public void An_alert_shows_its_revisions()
    {
        TelemetryEvent[] events = [.. Enumerable.Range(0, 40).Select(Forged)];
        var id = Follow(null, null, events).Outcome.Alerts[0].Id;
        var (trace, outcome) = Follow(null, id, events);
        Assert.IsGreaterThan(1, outcome.Alerts.Count);
        Assert.AreEqual(outcome.Alerts.Count, trace.Notes.Count(n => n.Step == TraceStep.Alert && n.Text.StartsWith("revision", StringComparison.Ordinal)));
        StringAssert.Contains(Text(trace), "block_ip stands against 203.0.113.9 already, until");
    }

    [TestMethod]
    public void An_alerts_way_goes_from_its_first_finding_over_what_was_not_told_to_its_end()
    {
        TelemetryEvent[] events = [.. Enumerable.Range(0, 40).Select(Forged), SomeTelemetry.Event(T0.AddHours(1), "acme"), SomeTelemetry.Event(T0.AddHours(2), "acme")];
        var id = Follow(null, null, events).Outcome.Alerts[0].Id;
        var notes = Follow(null, id, events).Trace.Notes;
        var chapters = notes.Select(n => n.Chapter!).Distinct().ToList();
        StringAssert.EndsWith(chapters[0], "the first finding");
        StringAssert.Contains(chapters[1], "more findings, until");
        StringAssert.EndsWith(chapters[^1], "its end");
        Assert.IsTrue(chapters.SequenceEqual(chapters.Order(StringComparer.Ordinal)), string.Join('\n', chapters));
        StringAssert.Contains(notes[^1].Text, "30 findings in all");
    }

    [TestMethod]
    public void A_rate_shows_its_levels_its_spell_what_it_was_rated_and_why_it_is_not_learned()
    {
        TelemetryEvent Call(double minute, string who) => SomeTelemetry.Event(T0.AddMinutes(minute), id: $"{who}{minute:0.000}") with { Principal = Symbol.Create(who) };
        TelemetryEvent[] events =
        [
            .. Enumerable.Range(0, 2_200).SelectMany(m => Enumerable.Range(0, 12 + (m % 3)).Select(i => Call(m + (i / 20.0), i < 4 ? "robot" : $"u{i}"))),
            .. Enumerable.Range(2_200, 4).SelectMany(m => Enumerable.Range(0, 300).Select(i => Call(m + (i / 400.0), "robot"))),
            Call(2_204, "u5"), Call(2_206, "u5"),
        ];
        var text = Text(Follow("robot2202.500", null, events).Trace);
        StringAssert.Contains(text, "Baseline: api_call_rate of the tenant: its minute closed with 300");
        StringAssert.Contains(text, "low from");
        StringAssert.Contains(text, "of its spell of busy minutes, which came to");
        StringAssert.Contains(text, "Baseline: api_call_rate of the principal: not learned as normal, for alert");
        StringAssert.Contains(text, "(adopt_after)");
        StringAssert.Contains(text, "Finding: one more finding for alert");

        text = Text(Follow("robot2200.500", null, events).Trace);
        StringAssert.Contains(text, "Alert: revision 1 of alert");
        StringAssert.Contains(text, "false alerts a week");
        StringAssert.Contains(text, "step-up-unusual-principals: step_up against principal robot");
        Assert.DoesNotContain("Alert:", Text(Follow("u52199.250", null, events).Trace), "another minute's alert is not this event's");
    }

    [TestMethod]
    public void A_duplicate_a_late_event_and_one_from_the_future_say_so()
    {
        StringAssert.Contains(Text(Follow("f1", null, Forged(1), Forged(1)).Trace), "counted as a duplicate, and not used");
        var late = Forged(0) with { ObservedAt = T0.AddHours(1) };
        StringAssert.Contains(Text(Follow("f0", null, Forged(3600), late).Trace), "counted as late, and not used");
        var ahead = Forged(7200) with { ObservedAt = T0 };
        StringAssert.Contains(Text(Follow("f7200", null, ahead).Trace), "further ahead of its arrival");
    }

    [TestMethod]
    public void What_is_no_evidence_says_why()
    {
        StringAssert.Contains(Text(Follow("f1", null, Forged(1) with { Internal = true }).Trace), "trusted with marking it internal");
        StringAssert.Contains(Text(Follow("f1", null, Forged(1) with { DecisionId = TextSlice.Of("d1") }).Trace), "a decision of ours caused this denial");
    }

    [TestMethod]
    public void Following_changes_nothing()
    {
        TelemetryEvent[] events = [.. Enumerable.Range(0, 40).Select(Forged)];
        var plain = Follow(null, null, events).Outcome;
        var followed = Follow("f10", null, events).Outcome;
        CollectionAssert.AreEqual(plain.Alerts.Select(a => a.RevisionId).ToList(), followed.Alerts.Select(a => a.RevisionId).ToList());
        CollectionAssert.AreEqual(plain.Decisions.Select(d => d.Id).ToList(), followed.Decisions.Select(d => d.Id).ToList());
    }

    [TestMethod]
    public void One_that_never_came_by_is_not_found() => Assert.IsFalse(Follow("nobody", null, Forged(1)).Trace.Found);
}
