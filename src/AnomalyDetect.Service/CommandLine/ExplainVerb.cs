using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Formats;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>explain</c>: the way of one event or one alert through the engine, as a tree.</summary>
internal static class ExplainVerb
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The events it is among, plain or gzip.", Arity = ArgumentArity.OneOrMore };
        var eventId = new Option<string?>("--event") { Description = "The event's id.", HelpName = "ID" };
        var tenant = new Option<string?>("--tenant") { Description = "Whose event it is, where several tenants have one of this id.", HelpName = "ID" };
        var alertId = new Option<string?>("--alert") { Description = "The alert's id, as 'replay' writes it.", HelpName = "ID" };
        var format = new Option<string>("--format") { Description = "What the files hold.", DefaultValueFactory = _ => "native" };
        format.AcceptOnlyFromAmong([.. EventFormats.All.Select(f => f.Name)]);
        var config = CommonOptions.Config();
        var verb = new Command("explain", "Show what becomes of one event or alert: how it is read, where its windows stand, what fires, and what the playbook makes of it.")
        {
            files, eventId, tenant, alertId, format, config,
        };
        verb.SetAction((parsed, _) =>
        {
            var (followedEvent, followedAlert) = (parsed.GetValue(eventId), parsed.GetValue(alertId));
            if (followedEvent is null == followedAlert is null) throw new UserException("Name either an event by --event or an alert by --alert.");
            var settings = CommonOptions.Load(parsed, config);
            var options = new ReplayOptions
            {
                Files = parsed.GetRequiredValue(files),
                Format = EventFormats.Find(parsed.GetRequiredValue(format))!,
                Engine = settings.Engine,
                TrustInternal = settings.Written.Source.TrustInternal,
                TracedEvent = followedEvent,
                TracedTenant = parsed.GetValue(tenant),
                TracedAlert = followedAlert,
            };
            return RunAsync(options, settings, terminal);
        });
        return verb;
    }

    private static async Task<int> RunAsync(ReplayOptions options, Settings settings, Terminal terminal)
    {
        foreach (var file in options.Files.Where(f => f != "-" && !File.Exists(f)))
            throw new UserException($"The file {Printable.Of(file)} does not exist; name a file of events, or - for stdin.");
        using var signals = new StopSignals();
        using var logger = new QuietLogger(settings.Written.Logging, "explain");
        using var progress = new ProgressLine(terminal);
        var summary = await FileReplay.RunAsync(options, logger, events => progress.Show(() => $"{events:N0} events"), signals.Token);
        progress.Dispose();
        var what = options.TracedEvent is { } id ? $"event {id}{(options.TracedTenant is { } whose ? $" of tenant {whose}" : "")}" : $"alert {options.TracedAlert}";
        if (summary.Trace.Count == 0)
            throw new UserException(
                $"No {Printable.Of(what)} came by: {summary.Counters.Events:N0} events were read and {summary.Rejected:N0} rejected. "
                + (options.TracedEvent is null ? "An alert's id depends on the configuration it was made under; name the same --config." : "'replay' lists what was rejected, and why."));
        var tree = options.TracedAlert is { } alert
            ? TraceTree.OfAlert(what, summary.Trace, summary.Alerts.Any(a => a.Id == alert && a.State == AlertState.Open))
            : TraceTree.OfEvent(what, summary.Trace);
        foreach (var line in tree) terminal.Out.WriteLine(Printable.Of(line, 4000));
        return UserException.Done;
    }
}
