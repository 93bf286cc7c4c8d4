using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>enforcement status|halt|resume</c>: the kill switch, of all tenants or of one.</summary>
internal static class EnforcementVerb
{
    public static Command Create(Terminal terminal) => new("enforcement", "Halt enforcement at once, everywhere or in a tenant, and let it go on.") { Status(terminal), Halt(terminal), Resume(terminal) };

    private static Command Status(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("status", "Say whether enforcement is halted, where, since when, by whom and why."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await SayAsync(terminal, await operations.EnforcementAsync());
        });
        return verb;
    }

    private static Command Halt(Terminal terminal) => Switch(
        terminal, new Command("halt", "Halt enforcement: nothing new takes effect, and all in force is undone. It stays so until resumed, also over a restart."), (o, request) => o.HaltAsync(request));

    private static Command Resume(Terminal terminal) => Switch(
        terminal, new Command("resume", "Let new decisions take effect again. What was undone stays undone."), (o, request) => o.ResumeAsync(request));

    private static Command Switch(Terminal terminal, Command verb, Func<IOperations, HaltRequest, Task<EnforcementStateAnswer>> change)
    {
        var reach = new OperationsOptions();
        var reason = DecisionsVerb.Why();
        var tenant = new Option<string?>("--tenant") { Description = "Only in this tenant. Without it, everywhere; the halts of single tenants are apart from that." };
        verb.Add(reason);
        verb.Add(tenant);
        reach.On(verb).SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await SayAsync(terminal, await change(operations, new HaltRequest(parsed.GetRequiredValue(reason), parsed.GetValue(tenant))));
        });
        return verb;
    }

    private static async Task<int> SayAsync(Terminal terminal, EnforcementStateAnswer state)
    {
        if (state.Halted) await terminal.Out.WriteLineAsync($"Enforcement is halted {Since(state.Since!.Value, state.Actor, state.Reason)}");
        foreach (var halt in state.Tenants) await terminal.Out.WriteLineAsync($"Enforcement in {Printable.Of(halt.TenantId)} is halted {Since(halt.Since, halt.Actor, halt.Reason)}");
        if (!state.Halted) await terminal.Out.WriteLineAsync(state.Tenants.Count == 0 ? "Enforcement runs." : "Elsewhere enforcement runs.");
        if (state.Withdrawn is { } withdrawn) await terminal.Out.WriteLineAsync($"{withdrawn} decisions withdrawn.");
        return UserException.Done;
    }

    private static string Since(DateTime since, string? actor, string? reason) => $"since {since:yyyy-MM-dd HH:mm:ss}Z by {Printable.Of(actor)}: {Printable.Of(reason)}";
}
