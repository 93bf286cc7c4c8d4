using System.CommandLine;
using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>alerts resolve|except</c> and <c>exceptions list|end</c>: what people do about alerts.</summary>
internal static class AlertWorkVerbs
{
    public static Command Exceptions(Terminal terminal) =>
        new("exceptions", "Show and end what was said to be expected. Those of the configuration are not among them.") { List(terminal), End(terminal) };

    public static Command Resolve(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = Id("The alert's id, as 'alerts list' shows it.");
        var reason = Reason();
        var verb = reach.On(new Command("resolve", "Put an open alert aside. One that grows on is open again; decisions stay in force.") { id, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var resolved = await operations.ResolveAlertAsync(parsed.GetRequiredValue(id), new ReasonRequest(parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync($"Resolved at revision {resolved.Revision}.");
            return UserException.Done;
        });
        return verb;
    }

    public static Command Except(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = Id("The alert's id, as 'alerts list' shows it.");
        var reason = Reason();
        var until = new Option<string?>("--until") { Description = "When it runs out, such as 2026-01-31T12:00:00Z.", HelpName = "TIME" };
        var span = new Option<string?>("--for") { Description = "How long it holds from now on, such as 12h or 7d, in place of --until.", HelpName = "DURATION" };
        var verb = reach.On(new Command("except", "Say that what an alert tells of is expected of whom it is about: from now on it is counted, and neither told nor acted upon.") { id, until, span, reason });
        verb.SetAction(async (parsed, _) =>
        {
            var end = UntilOf(parsed.GetValue(until), parsed.GetValue(span));
            using var operations = reach.Open(parsed);
            var granted = await operations.ExceptAlertAsync(parsed.GetRequiredValue(id), new ExceptionRequest(end, parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync(
                $"Exception {granted.Id}: {Names.Of(granted.Signal)} at {Names.Of(granted.EntityKind)} {Printable.Of(granted.Entity)} of {Printable.Of(granted.TenantId)} until {granted.Until:yyyy-MM-dd HH:mm:ss}Z.");
            return UserException.Done;
        });
        return verb;
    }

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("list", "Show exceptions in force that were granted on alerts."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            foreach (var x in (await operations.ExceptionsAsync()).Exceptions)
                await terminal.Out.WriteLineAsync(
                    $"{x.Id}  {Printable.Of(x.TenantId)}  {Names.Of(x.Signal)}  {Names.Of(x.EntityKind)}  {Printable.Of(x.Entity)}  until {x.Until:yyyy-MM-dd HH:mm:ss}Z  {Printable.Of(x.Actor)}  {Printable.Of(x.Reason)}");
            return UserException.Done;
        });
        return verb;
    }

    private static Command End(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = Id("The exception's id, as 'exceptions list' shows it.");
        var reason = Reason();
        var verb = reach.On(new Command("end", "End an exception before its time.") { id, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            await operations.EndExceptionAsync(parsed.GetRequiredValue(id), new ReasonRequest(parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync("Ended.");
            return UserException.Done;
        });
        return verb;
    }

    private static DateTimeOffset UntilOf(string? until, string? span)
    {
        if ((until is null) == (span is null)) throw new UserException("Say how long it holds: either --until or --for.");
        if (span is not null)
            return Duration.TryParse(span, out var length) && length > TimeSpan.Zero ? TimeProvider.System.GetUtcNow() + length : throw new UserException($"--for must be {Duration.Shape}.");
        return DateTimeOffset.TryParse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw new UserException("--until must be a time such as 2026-01-31T12:00:00Z.");
    }

    private static Argument<string> Id(string description) => new("ID") { Description = description };

    private static Option<string> Reason() => new("--reason") { Description = "Why; it stands in the ledger.", Required = true };
}
