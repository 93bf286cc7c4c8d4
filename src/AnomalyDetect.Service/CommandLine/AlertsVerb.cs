using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>alerts list|show|acknowledge|resolve|except|verdict</c>: what was found, and what people make of it.</summary>
internal static class AlertsVerb
{
    public static Command Create(Terminal terminal) => new("alerts", "Show alerts, and record what you make of them.") { List(terminal), Show(terminal), Acknowledge(terminal), AlertWorkVerbs.Resolve(terminal), AlertWorkVerbs.Except(terminal), Judge(terminal) };

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var tenant = new Option<string?>("--tenant") { Description = "Only this tenant's." };
        var choice = new AlertChoice();
        var since = new Option<string?>("--since") { Description = "Only those detected then or later, such as 2026-01-31T12:00:00Z.", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Only those detected then or earlier.", HelpName = "TIME" };
        var state = new Option<string?>("--state") { Description = "Only those in this state." };
        state.AcceptOnlyFromAmong([.. Names.All<AlertState>()]);
        var verdict = new Option<string?>("--verdict") { Description = "Only those with this verdict; none: those nobody has given one on." };
        verdict.AcceptOnlyFromAmong([.. AlertFilter.VerdictWords]);
        var by = new Option<string?>("--by") { Description = "What comes first: the newest (time), or what triage holds most worth a look." };
        by.AcceptOnlyFromAmong([.. Names.All<AlertOrder>()]);
        var limit = new Option<int>("--limit") { Description = "How many at most; 1 to 1000.", DefaultValueFactory = _ => 100 };
        var follow = new Option<bool>("--follow") { Description = "Then go on with those that come, and with each revision of them, until stopped." };
        var verb = reach.On(choice.On(new Command("list", "Show alerts, newest first: id, time, severity, state, verdict, triage where it is on, and what it tells.") { tenant, since, until, state, verdict, by, limit, follow }));
        verb.SetAction(async (parsed, _) =>
        {
            var filter = choice.Of(parsed, new AlertFilter(parsed.GetValue(tenant), parsed.GetValue(since), parsed.GetValue(state), parsed.GetValue(verdict), parsed.GetValue(limit), parsed.GetValue(until), parsed.GetValue(by)));
            if (filter.Problem(out AlertQuery _) is { } problem) throw new UserException($"--{problem}");
            using var operations = reach.Open(parsed);
            if (parsed.GetValue(follow)) return await AlertFollower.RunAsync(operations, filter, terminal, Line);
            foreach (var alert in await operations.AlertsAsync(filter)) await terminal.Out.WriteLineAsync(Line(alert));
            return UserException.Done;
        });
        return verb;
    }

    private static string Line(JsonElement alert)
    {
        string Text(string name) => Printable.Of(alert.GetProperty(name).GetString());
        var verdict = alert.TryGetProperty("verdict", out var given) ? Printable.Of(given.GetProperty("verdict").GetString()) : AlertFilter.NoVerdict;
        var triage = alert.TryGetProperty("triage", out var judged) ? string.Create(CultureInfo.InvariantCulture, $"  triage {judged.GetProperty("probability").GetDouble():0.00}") : "";
        return $"{Text("id")}  {Text("detected_at")}  {Text("severity")}  {Text("state")}  {verdict}{triage}  {Text("tenant_id")}  {Text("signal")}  {Text("explanation")}";
    }

    private static Command Show(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The alert's id, as 'alerts list' shows it." };
        var verb = reach.On(new Command("show", "Show all of one alert: its evidence, every verdict on it, its decisions and deliveries, and its timeline.") { id });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var alert = await operations.AlertAsync(parsed.GetRequiredValue(id));
            await terminal.Out.WriteLineAsync(ReadableJson.Of(alert));
            return UserException.Done;
        });
        return verb;
    }

    private static Command Acknowledge(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The alert's id, as 'alerts list' shows it." };
        var note = new Option<string?>("--note") { Description = "For the record." };
        var verb = reach.On(new Command("acknowledge", "Say that somebody sees to an alert: nobody further along its contact chain is told.") { id, note });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var given = await operations.AcknowledgeAsync(parsed.GetRequiredValue(id), new AcknowledgeRequest(parsed.GetValue(note)));
            await terminal.Out.WriteLineAsync($"Acknowledged by {Printable.Of(given.Actor)} at {given.At:yyyy-MM-dd HH:mm:ss}Z, revision {given.Revision}.");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Judge(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The alert's id, as 'alerts list' shows it." };
        var verdict = new Argument<string>("VERDICT") { Description = "true_positive: an attack. false_positive: the detector erred. benign: it happened, and was meant to." };
        verdict.AcceptOnlyFromAmong([.. Names.All<Verdict>()]);
        var reason = new Option<string>("--reason") { Description = "Why; it stands in the ledger.", Required = true };
        var verb = reach.On(new Command("verdict", "Record what you make of an alert. The latest verdict counts; earlier ones stay in the record.") { id, verdict, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var given = await operations.JudgeAsync(parsed.GetRequiredValue(id), new VerdictRequest(parsed.GetRequiredValue(verdict), parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync($"Recorded: {Names.Of(given.Verdict)} on revision {given.Revision}.");
            return UserException.Done;
        });
        return verb;
    }
}
