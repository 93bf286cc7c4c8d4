using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>protections list|add|remove</c>: what nothing is ever aimed at.</summary>
internal static class ProtectionsVerb
{
    public static Command Create(Terminal terminal) =>
        new("protections", "Show and change what nothing is ever aimed at, beside loopback, private and configured ranges.") { List(terminal), Add(terminal), Remove(terminal) };

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("list", "Show protections: id, tenant, what, until when, who and why."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            foreach (var p in (await operations.ProtectionsAsync()).Protections)
                await terminal.Out.WriteLineAsync(
                    $"{p.Id}  {Printable.Of(p.TenantId ?? "every tenant")}  {Names.Of(p.Kind)} {Printable.Of(p.Value)}  {(p.ExpiresAt is { } until ? $"until {until:yyyy-MM-dd HH:mm:ss}Z" : "for good")}  {Printable.Of(p.Actor)}: {Printable.Of(p.Reason)}");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Add(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var kind = new Argument<string>("KIND") { Description = "What VALUE names." };
        kind.AcceptOnlyFromAmong([.. Names.All<DecisionScope>()]);
        var value = new Argument<string>("VALUE") { Description = "An id, or a pattern with * and ?; for address an address or CIDR range." };
        var tenant = new Option<string?>("--tenant") { Description = "In this tenant only. Without it, in every tenant." };
        var until = new Option<string?>("--until") { Description = "When it runs out, such as 2026-01-31T12:00:00Z. Without it, never.", HelpName = "TIME" };
        var reason = DecisionsVerb.Why();
        var verb = reach.On(new Command("add", "Protect a principal, partner, address, range or session; what stands against it is undone at once.") { kind, value, tenant, until, reason });
        verb.SetAction(async (parsed, _) =>
        {
            DecisionScope? scope = Names.TryParse(parsed.GetRequiredValue(kind), out DecisionScope named) ? named : null;
            var request = new ProtectionRequest(parsed.GetValue(tenant), scope, parsed.GetRequiredValue(value), DecisionsVerb.Time(parsed.GetValue(until)), parsed.GetRequiredValue(reason));
            using var operations = reach.Open(parsed);
            var answer = await operations.ProtectAsync(request);
            await terminal.Out.WriteLineAsync($"{answer.Protection.Id} is in force; {answer.Undone} decisions against it were undone, {answer.Refused} that waited are refused.");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Remove(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The protection's id, as 'protections list' shows it." };
        var reason = DecisionsVerb.Why();
        var verb = reach.On(new Command("remove", "Take a protection away. What it ended stays ended.") { id, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            await operations.UnprotectAsync(parsed.GetRequiredValue(id), new ReasonRequest(parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync("It is gone.");
            return UserException.Done;
        });
        return verb;
    }
}
