using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>enforcement status|halt|resume</c>: the kill switch.</summary>
internal static class EnforcementVerb
{
    public static Command Create(Terminal terminal) => new("enforcement", "Halt all enforcement at once, and let it go on.") { Status(terminal), Halt(terminal), Resume(terminal) };

    private static Command Status(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("status", "Say whether enforcement is halted, since when, by whom and why."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await SayAsync(terminal, await operations.EnforcementAsync());
        });
        return verb;
    }

    private static Command Halt(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var reason = DecisionsVerb.Why();
        var verb = reach.On(new Command("halt", "Halt all enforcement: nothing new takes effect, and all in force is undone. It stays so until resumed, also over a restart.") { reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await SayAsync(terminal, await operations.HaltAsync(new ReasonRequest(parsed.GetRequiredValue(reason))));
        });
        return verb;
    }

    private static Command Resume(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var reason = DecisionsVerb.Why();
        var verb = reach.On(new Command("resume", "Let new decisions take effect again. What was undone stays undone.") { reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await SayAsync(terminal, await operations.ResumeAsync(new ReasonRequest(parsed.GetRequiredValue(reason))));
        });
        return verb;
    }

    private static async Task<int> SayAsync(Terminal terminal, EnforcementStateAnswer state)
    {
        await terminal.Out.WriteLineAsync(state.Halted
            ? $"Enforcement is halted since {state.Since:yyyy-MM-dd HH:mm:ss}Z by {Printable.Of(state.Actor)}: {Printable.Of(state.Reason)}{(state.Withdrawn is { } withdrawn ? $" ({withdrawn} decisions withdrawn)" : "")}"
            : "Enforcement runs.");
        return UserException.Done;
    }
}
