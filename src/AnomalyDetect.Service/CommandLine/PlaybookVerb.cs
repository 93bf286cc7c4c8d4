using System.CommandLine;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Playbooks;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>playbook show|check|explain|test</c>: rules looked at and tried before they act.</summary>
internal static class PlaybookVerb
{
    private const int MaxScenarios = 10_000;

    public static Command Create(Terminal terminal) =>
        new("playbook", "Look at the rules from alerts to decisions, and try them before they act.") { Show(terminal), Check(terminal), Explain(terminal), Test(terminal) };

    private static Command Show(Terminal terminal)
    {
        var verb = new Command("show", "Print the built-in playbook (YAML), to start one's own from.");
        verb.SetAction(_ =>
        {
            terminal.Out.Write(PlaybookFile.DefaultText);
            return UserException.Done;
        });
        return verb;
    }

    private static Command Check(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The playbook (YAML)." };
        var verb = new Command("check", "Say whether a playbook can be used, or every problem with it and its line.") { file };
        verb.SetAction(parsed =>
        {
            var playbook = Read(parsed.GetRequiredValue(file)).Playbook;
            terminal.Out.WriteLine($"It can be used: {playbook.Rules.Count} rules, version {playbook.Version()}.");
            foreach (var signal in Names.All<Core.Alerts.Signal>().Where(s => playbook.Rules.All(r => r.Signals.All(t => Names.Of(t) != s))))
                terminal.Error.WriteLine($"No rule is for {signal}: alerts of it are recorded, and nobody is told.");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Explain(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ALERT") { Description = "The alert's id, as 'alerts list' shows it." };
        var file = Playbook();
        var verb = reach.On(new Command("explain", "Show what each rule makes of an alert as it stands. Nothing comes of it.") { id, file });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var json = await operations.AlertAsync(parsed.GetRequiredValue(id));
            var alert = json.Deserialize(CoreJson.Default.Alert)!;
            var engine = Engine(reach.Load(parsed), parsed.GetValue(file));
            var answer = new PlaybookTrial(engine).Ask(alert);
            await terminal.Out.WriteLineAsync($"{Names.Of(alert.Signal)}, {Names.Of(alert.Severity)}, about {Names.Of(alert.EntityKind)} in {Printable.Of(alert.TenantId)}, as if it were the first of its kind:");
            foreach (var note in answer.Notes) await terminal.Out.WriteLineAsync($"  {Printable.Of(note, 1000)}");
            if (answer.Notes.Count == 0) await terminal.Out.WriteLineAsync("  no rule is for this signal");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Test(Terminal terminal)
    {
        var directory = new Argument<string>("DIR") { Description = "Scenarios: every *.yaml in it and below has alerts and the decisions that must come of them." };
        var (file, config) = (Playbook(), CommonOptions.Config());
        var verb = new Command("test", "Run scenarios against a playbook.") { directory, file, config };
        verb.SetAction(parsed =>
        {
            var engine = Engine(CommonOptions.Load(parsed, config), parsed.GetValue(file));
            var scenarios = Scenarios(parsed.GetRequiredValue(directory));
            var failed = 0;
            foreach (var path in scenarios)
            {
                var wrong = PlaybookScenario.Parse(PlaybookFile.Bytes(path), path).Run(engine);
                if (wrong.Count == 0) continue;
                failed++;
                terminal.Error.WriteLine($"{Printable.Of(path)}:");
                foreach (var line in wrong) terminal.Error.WriteLine($"  {line}");
            }

            terminal.Out.WriteLine($"{scenarios.Count} scenarios, {failed} failed.");
            return failed == 0 ? UserException.Done : UserException.Failed;
        });
        return verb;
    }

    private static List<string> Scenarios(string directory)
    {
        if (!Directory.Exists(directory)) throw new UserException($"The directory {Printable.Of(directory)} does not exist; name one with scenarios.");
        var found = Directory.EnumerateFiles(directory, "*.yaml", SearchOption.AllDirectories).Take(MaxScenarios + 1).Order(StringComparer.Ordinal).ToList();
        return found.Count switch
        {
            0 => throw new UserException($"There is no *.yaml in {Printable.Of(directory)}; a scenario has alerts and decisions."),
            > MaxScenarios => throw new UserException($"There are more than {MaxScenarios} scenarios in {Printable.Of(directory)}; name a part of them."),
            _ => found,
        };
    }

    private static Option<string?> Playbook() => new("--playbook") { Description = "The playbook to ask. Without it, the configuration's.", HelpName = "FILE" };

    private static EngineOptions Engine(Settings settings, string? file) => file is null ? settings.Engine : settings.Engine with { Playbook = Read(file).Playbook };

    private static PlaybookFile Read(string path) => PlaybookFile.Read(path);
}
