using System.CommandLine;
using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>simulate</c>: made-up, labelled telemetry in files that <c>replay</c> reads.</summary>
internal static class SimulateVerb
{
    public static Command Create(Terminal terminal)
    {
        var seed = new Option<int>("--seed") { Description = "Another seed is another cast, traffic and schedule; the same gives the same bytes.", DefaultValueFactory = _ => 1 };
        var tenants = new Option<int>("--tenants") { Description = "How many tenants.", DefaultValueFactory = _ => 5 };
        var people = new Option<int>("--principals") { Description = "People per tenant, on average.", DefaultValueFactory = _ => 40 };
        var days = new Option<double>("--days") { Description = "How long, in days.", DefaultValueFactory = _ => 2 };
        var start = new Option<DateTime?>("--start")
        {
            Description = "When it begins (UTC, such as 2026-01-05T00:00:00Z).",
            CustomParser = r => DateTime.TryParse(r.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var t)
                ? t
                : Fail(r, "--start must be a time such as 2026-01-05T00:00:00Z."),
        };
        var rate = new Option<double>("--events-per-minute") { Description = "Of all tenants together, averaged over a week.", DefaultValueFactory = _ => 200 };
        var repeats = new Option<int>("--repeats") { Description = "How often each attack and look-alike is played; 0 for none.", DefaultValueFactory = _ => 1 };
        var drift = new Option<double?>("--drift")
        {
            Description = "Tenants become others over so many days from the eighth on: they grow threefold, move their working hours and take up a new client. Attacks begin then.", HelpName = "DAYS",
        };
        var output = new Option<string>("--out") { Description = "The directory for events.ndjson and labels.ndjson.", Required = true, HelpName = "DIR" };
        var gzip = new Option<bool>("--gzip") { Description = "Compress the events." };
        var verb = new Command("simulate", "Write made-up telemetry of several tenants, with attacks and benign look-alikes, and labels beside it.")
        {
            seed, tenants, people, days, start, rate, repeats, drift, output, gzip,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            var defaults = new SimulationOptions();
            var plain = parsed.GetValue(repeats) == 0;
            var length = parsed.GetValue(days);
            if (length is not (> 0 and <= 3650)) throw new UserException("--days must be more than 0 and at most 3650.");
            var changes = parsed.GetValue(drift) is { } over ? CommonOptions.Drift(over) : null;
            if (changes is not null && changes.From.TotalDays >= length) throw new UserException($"--drift begins after {changes.From.TotalDays:0} days; --days must be more.");
            var options = defaults with
            {
                Seed = parsed.GetValue(seed),
                Tenants = parsed.GetValue(tenants),
                PrincipalsPerTenant = parsed.GetValue(people),
                Start = parsed.GetValue(start) ?? defaults.Start,
                Duration = TimeSpan.FromDays(length),
                EventsPerMinute = parsed.GetValue(rate),
                Repeats = plain ? 1 : parsed.GetValue(repeats),
                Scenarios = plain ? [] : defaults.Scenarios,
                Drift = changes,
                WarmUp = changes?.From,
            };
            return Task.FromResult(Write(options, parsed.GetRequiredValue(output), parsed.GetValue(gzip), terminal, cancellation));
        });
        return verb;
    }

    private static int Write(SimulationOptions options, string directory, bool gzip, Terminal terminal, CancellationToken cancellation)
    {
        if (options.Validate() is { Count: > 0 } problems) throw new UserException(string.Join("; ", problems) + ".");
        using var progress = new ProgressLine(terminal);
        var files = SimulationWriter.Write(
            directory, options, gzip, (events, part) => progress.Show(() => $"{events:N0} events, {part:P0}"), cancellation);
        terminal.Out.WriteLine($"{files.Events:N0} events in {Printable.Of(files.EventsPath)}, {files.Labels} labels in {Printable.Of(files.LabelsPath)}");
        return UserException.Done;
    }

    private static DateTime? Fail(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return null;
    }
}
