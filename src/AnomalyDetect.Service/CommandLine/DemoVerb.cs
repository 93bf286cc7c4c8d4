using System.CommandLine;
using AnomalyDetect.Service.Demo;
using AnomalyDetect.Service.Hosting;
using Spectre.Console;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>demo</c>: see attacks found and answered within a minute, on this machine and with nothing left behind.</summary>
internal static class DemoVerb
{
    public static Command Create(Terminal terminal)
    {
        var seed = new Option<int>("--seed") { Description = "Another seed is another cast and other traffic.", DefaultValueFactory = _ => 1 };
        var keep = new Option<bool>("--keep") { Description = "Go on until Ctrl-C; the API stays open to look around." };
        var data = new Option<string?>("--data") { Description = "A directory to keep everything in, new or empty. Without it, a temporary one that goes with the demo.", HelpName = "DIR" };
        var through = new Option<string?>("--through")
        {
            Description = "Where tests/AnomalyDetect.Bouncer.Sample listens, such as http://127.0.0.1:8480: the simulated users go through it, and what each gets is shown.", HelpName = "URL",
        };
        var verb = new Command("demo", "Start the service in a temporary directory, play attacks at it, and show what it finds and does. About a minute.") { seed, keep, data, through };
        verb.SetAction(async (parsed, _) =>
        {
            using var signals = new StopSignals();
            IDemoScreen screen = terminal.OutIsTerminal ? new DemoLive(AnsiConsole.Console) : new DemoLines(terminal.Out);
            var isKept = parsed.GetValue(keep);
            var options = new DemoOptions(parsed.GetValue(seed), isKept ? DemoPace.HalfDay : DemoPace.Minute, isKept, parsed.GetValue(data), Through(parsed.GetValue(through)));
            return await new DemoRun(options, terminal, screen).PlayAsync(signals.Token);
        });
        return verb;
    }

    private static Uri? Through(string? url) => url is null
        ? null
        : Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw new UserException("--through must be an http:// or https:// URL.");
}
