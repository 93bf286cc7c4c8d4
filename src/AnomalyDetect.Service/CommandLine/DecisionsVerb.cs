using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>decisions list|life|held|approve|refuse|revoke|undo</c>: what is enforced and why, and a person's word on it.</summary>
internal static class DecisionsVerb
{
    public static Command Create(Terminal terminal) => new("decisions", "Show decisions and their life, answer those that wait for approval, revoke sessions and tokens, and undo.")
    {
        List(terminal), Life(terminal), Held(terminal), Answer(terminal, approves: true), Answer(terminal, approves: false), RevokeVerb.Create(terminal), Undo(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var limit = Limit(10_000);
        var simulated = new Option<bool>("--simulated") { Description = "Dry runs too." };
        var verb = reach.On(new Command("list", "Show decisions in force, oldest first: id, state, tenant, type, what it is aimed at, until when, and the rule.") { limit, simulated });
        verb.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(limit) is < 1 or > 10_000) throw new UserException("--limit must be 1 to 10000.");
            using var operations = reach.Open(parsed);
            foreach (var decision in await operations.DecisionsAsync(parsed.GetValue(limit), parsed.GetValue(simulated))) await terminal.Out.WriteLineAsync(Line(decision));
            return UserException.Done;
        });
        return verb;
    }

    private static string Line(JsonElement decision)
    {
        string Text(string name) => decision.TryGetProperty(name, out var value) ? Printable.Of(value.GetString()) : "-";
        return $"{Text("id")}  {Text("state")}  {Text("tenant_id")}  {Text("type")}  {Text("scope")} {Text("value")}  until {Text("expires_at")}  {Text("rule")}";
    }

    private static Command Life(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The decision's id." };
        var verb = reach.On(new Command("life", "Show what has become of a decision, step by step, with who and why.") { id });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var life = await operations.DecisionLifeAsync(parsed.GetRequiredValue(id));
            foreach (var step in life.Steps)
                await terminal.Out.WriteLineAsync($"{step.At:yyyy-MM-dd HH:mm:ss.fff}Z  {step.Step}{(step.Target is null ? "" : $" at {Printable.Of(step.Target)}")}{(step.Actor is null ? "" : $" by {Printable.Of(step.Actor)}")}{(step.Reason is null ? "" : $": {Printable.Of(step.Reason)}")}");
            if (life.Ended is { } ended) await terminal.Out.WriteLineAsync($"Cut off so far: {ended.Principals} principals, {ended.Sessions} sessions, {ended.Tokens} tokens.");
            await terminal.Out.WriteLineAsync($"It is {Names.Of(life.State)}.");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Held(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var limit = Limit(1000);
        var verb = reach.On(new Command("held", "Show decisions that wait for a person, oldest first, and why they wait.") { limit });
        verb.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(limit) is < 1 or > 1000) throw new UserException("--limit must be 1 to 1000.");
            using var operations = reach.Open(parsed);
            foreach (var held in (await operations.HeldAsync(parsed.GetValue(limit))).Held)
                await terminal.Out.WriteLineAsync(
                    $"{held.Id}  {Printable.Of(held.TenantId)}  {Names.Of(held.Type)}  {Names.Of(held.Scope)} {Printable.Of(held.Value)}  refused at {held.WaitsUntil:yyyy-MM-dd HH:mm:ss}Z  {(held.RequestedBy is { } person ? $"asked for by {Printable.Of(person)}" : $"alert {held.AlertId}")}  {Printable.Of(held.Why)}");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Answer(Terminal terminal, bool approves)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The decision's id, as 'decisions held' shows it." };
        var reason = Why();
        var verb = reach.On(approves
            ? new Command("approve", "Put a waiting decision in force. A guard may refuse it even so.") { id, reason }
            : new Command("refuse", "Refuse a waiting decision.") { id, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var request = new ReasonRequest(parsed.GetRequiredValue(reason));
            var answer = approves ? await operations.ApproveAsync(parsed.GetRequiredValue(id), request) : await operations.RefuseAsync(parsed.GetRequiredValue(id), request);
            await terminal.Out.WriteLineAsync($"It is {Names.Of(answer.State)}: {Printable.Of(answer.Reason)}");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Undo(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string?>("ID") { Description = "The decision's id; without it, all that the options name.", Arity = ArgumentArity.ZeroOrOne };
        var rule = new Option<string?>("--rule") { Description = "All that came of this rule of the playbook." };
        var since = new Option<string?>("--since") { Description = "All in force since then or later, such as 2026-01-31T12:00:00Z.", HelpName = "TIME" };
        var tenant = new Option<string?>("--tenant") { Description = "All of this tenant." };
        var reason = Why();
        var verb = reach.On(new Command("undo", "Undo a decision, or all of a rule, since a time or of a tenant. None like it takes effect for a while (response.guards.cool_off).") { id, rule, since, tenant, reason });
        verb.SetAction(async (parsed, _) =>
        {
            var why = parsed.GetRequiredValue(reason);
            var many = new UndoManyRequest(parsed.GetValue(rule), Time(parsed.GetValue(since)), parsed.GetValue(tenant), why);
            var one = parsed.GetValue(id);
            if (one is null == (many.Problem is not null)) throw new UserException("Name either one decision by its id, or several by --rule, --since and --tenant.");
            using var operations = reach.Open(parsed);
            if (one is not null) await operations.UndoAsync(one, new UndoRequest(why));
            var undone = one is null ? (await operations.UndoManyAsync(many)).Undone : 1;
            await terminal.Out.WriteLineAsync($"{undone} undone.");
            return UserException.Done;
        });
        return verb;
    }

    internal static DateTimeOffset? Time(string? text)
    {
        if (text is null) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new UserException($"{Printable.Of(text)} is no time; give one such as 2026-01-31T12:00:00Z.");
    }

    internal static Option<string> Why() => new("--reason") { Description = "Why; it stands in the ledger.", Required = true };

    private static Option<int> Limit(int most) => new("--limit") { Description = $"How many at most; 1 to {most}.", DefaultValueFactory = _ => 100 };
}
