using System.CommandLine;
using System.CommandLine.Parsing;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Storage;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>The command line as a whole: which verbs there are, and how every outcome becomes an exit code and at most a few plain sentences.</summary>
public static class Cli
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal)
    {
        var parsed = Root(terminal).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) terminal.Error.WriteLine(Printable.Of(error.Message));
            terminal.Error.WriteLine($"Try 'anomalydetect {PathOf(parsed.CommandResult)}--help'.");
            return UserException.WrongUsage;
        }

        try
        {
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = terminal.Out, Error = terminal.Error,
            };
            return await parsed.InvokeAsync(invocation);
        }
        catch (Exception e)
        {
            return Report(e, terminal);
        }
    }

    /// <summary>Every verb there is.</summary>
    internal static IReadOnlyList<string> Verbs { get; } = [.. Root(new Terminal(TextWriter.Null, TextWriter.Null, false, false)).Subcommands.Select(c => c.Name)];

    /// <summary>What is wrong with a command line before anything is looked at; empty when it can be run.</summary>
    internal static IReadOnlyList<string> Problems(IReadOnlyList<string> args, Terminal terminal) => [.. Root(terminal).Parse(args).Errors.Select(e => e.Message)];

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Detects anomalies in multi-tenant authentication and API telemetry, and responds to them.")
        {
            RunVerb.Create(terminal), ReplayVerb.Create(terminal), DemoVerb.Create(terminal), SimulateVerb.Create(terminal), EvaluateVerb.Create(terminal), ExplainVerb.Create(terminal), ScoreVerb.Create(terminal), TrainVerb.Create(terminal),
            ConfigVerb.Create(terminal), LedgerVerb.Create(terminal), KeysVerb.Create(terminal), DeliveriesVerb.Create(terminal), ClockFaultsVerb.Create(terminal), AlertsVerb.Create(terminal), AlertWorkVerbs.Exceptions(terminal), ModelsVerb.Create(terminal),
            DecisionsVerb.Create(terminal), ProtectionsVerb.Create(terminal), EnforcementVerb.Create(terminal), PlaybookVerb.Create(terminal),
        };
        return root;
    }

    private static int Report(Exception e, Terminal terminal)
    {
        switch (e)
        {
            case UserException user:
                terminal.Error.WriteLine(user.Message);
                return user.ExitCode;
            case ConfigException config:
                terminal.Error.WriteLine($"{(config.File is null ? "The configuration" : Printable.Of(config.File))} cannot be used:");
                foreach (var problem in config.Problems) terminal.Error.WriteLine($"  {problem}");
                return UserException.WrongUsage;
            case OperationCanceledException:
                terminal.Error.WriteLine("Stopped before it was done.");
                return UserException.Failed;
            case StoreException or IOException or UnauthorizedAccessException or InvalidDataException:
                terminal.Error.WriteLine(Printable.Of(e.Message, 2000));
                return UserException.Failed;
            default:
                terminal.Error.WriteLine($"Something went wrong inside: {Printable.Of(e.Message, 2000)} Please report it; ANOMALYDETECT_TRACE=1 shows where.");
                if (Environment.GetEnvironmentVariable("ANOMALYDETECT_TRACE") == "1") terminal.Error.WriteLine(e);
                return UserException.Failed;
        }
    }

    private static string PathOf(CommandResult command)
    {
        var names = new List<string>();
        for (var at = command; at?.Parent is not null; at = at.Parent as CommandResult) names.Insert(0, at.Command.Name);
        return names.Count == 0 ? "" : string.Join(' ', names) + " ";
    }
}
