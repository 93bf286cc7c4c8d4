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
        var verb = new Command("demo", "Start the service in a temporary directory, play attacks at it, and show what it finds and does. About a minute.") { seed, keep };
        verb.SetAction(async (parsed, _) =>
        {
            using var signals = new StopSignals();
            IDemoScreen screen = terminal.OutIsTerminal ? new DemoLive(AnsiConsole.Console) : new DemoLines(terminal.Out);
            var isKept = parsed.GetValue(keep);
            return await new DemoRun(parsed.GetValue(seed), isKept ? DemoPace.HalfDay : DemoPace.Minute, isKept, terminal, screen).PlayAsync(signals.Token);
        });
        return verb;
    }
}
