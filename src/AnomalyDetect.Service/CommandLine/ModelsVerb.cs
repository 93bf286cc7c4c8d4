using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Models;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>models list|show|add|promote|rollback|shadow|prune|verify</c>: the registry in the data directory, through the service while one runs.</summary>
internal static class ModelsVerb
{
    private const string NoShadow = "none";

    public static Command Create(Terminal terminal) => new("models", "Look at trained models, and say which one is used.")
    {
        List(terminal), Show(terminal), Add(terminal), Promote(terminal), RollBack(terminal), Shadow(terminal), Prune(terminal), Verify(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("list", "Show the registered models, and which one is in force."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var models = await operations.ModelsAsync(verify: false);
            foreach (var model in models.Versions.OrderBy(m => m.Card?.RegisteredAt)) await terminal.Out.WriteLineAsync(Line(model));
            await terminal.Out.WriteLineAsync($"Champion {Printable.Of(models.Champion)}, shadow {Printable.Of(models.Shadow ?? NoShadow)}; in force {models.InForce} ({Names.Of(models.Source)}).");
            foreach (var problem in models.Problems) await terminal.Error.WriteLineAsync(Printable.Of(problem, 2000));
            return UserException.Done;
        });
        return verb;
    }

    private static string Line(ModelRow model)
    {
        var mark = model.Champion ? "champion" : model.Shadow ? "shadow" : "-";
        if (model.Card is not { } card) return $"{model.Id}  {mark}  its card cannot be read";
        var training = card.Training;
        return $"{model.Id}  {mark}  {card.RegisteredAt:yyyy-MM-dd HH:mm:ss}Z by {Printable.Of(card.RegisteredBy)}  {Printable.Of(training.Source)}, "
            + $"{training.From:yyyy-MM-dd} to {training.To:yyyy-MM-dd}, {training.PrincipalRows + training.TenantRows:N0} windows  {Printable.Of(card.Reason)}";
    }

    private static Command Show(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The model's id, as 'models list' shows it." };
        var verb = reach.On(new Command("show", "Show a model's card, and whether its files are what was registered.") { id });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var model = await operations.ModelAsync(parsed.GetRequiredValue(id));
            await terminal.Out.WriteLineAsync(ReadableJson.Of(JsonSerializer.SerializeToElement(model, ApiJson.Default.ModelRow)));
            return model.Problem is null ? UserException.Done : UserException.Failed;
        });
        return verb;
    }

    private static Command Add(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var file = new Argument<string>("FILE") { Description = "A model file, as 'train --out' writes it." };
        var reason = new Option<string>("--reason") { Description = "Why, or what it is; it stands in the ledger.", DefaultValueFactory = _ => "added by hand" };
        var metrics = new Option<string[]>("--metric") { Description = "Something measured of it; may be given several times.", HelpName = "NAME=NUMBER" };
        metrics.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (!TryMetric(token.Value, out _)) result.AddError("--metric must be a name and a number, such as recall=0.98.");
        });
        var verb = reach.On(new Command("add", "Register a model. It is not used before it is promoted.") { file, reason, metrics });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var measured = (parsed.GetValue(metrics) ?? []).Select(m => TryMetric(m, out var metric) ? metric : default).DistinctBy(m => m.Key).ToDictionary();
            var model = await operations.AddModelAsync(new ModelUpload(Read(parsed.GetRequiredValue(file)), parsed.GetRequiredValue(reason), measured));
            await terminal.Out.WriteLineAsync($"Model {model.Id} is registered.");
            return UserException.Done;
        });
        return verb;
    }

    private static bool TryMetric(string text, out KeyValuePair<string, double> metric)
    {
        metric = default;
        var parts = text.Split('=', 2);
        if (parts is not [{ Length: > 0 }, _] || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return false;
        metric = new KeyValuePair<string, double>(parts[0], value);
        return true;
    }

    private static byte[] Read(string path)
    {
        try
        {
            return ModelFile.ReadBytes(path);
        }
        catch (ModelException e)
        {
            throw new UserException(Printable.Of(e.Message, 2000));
        }
    }

    private static Command Promote(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The model's id, as 'models list' shows it; or built-in." };
        var reason = Why();
        var verb = reach.On(new Command("promote", "Make a model the champion. A running service takes it at once.") { id, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await Say(terminal, await operations.PromoteModelAsync(parsed.GetRequiredValue(id), new ReasonRequest(parsed.GetRequiredValue(reason))));
        });
        return verb;
    }

    private static Command RollBack(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var reason = Why();
        var verb = reach.On(new Command("rollback", "Make the champion before this one the champion again.") { reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            return await Say(terminal, await operations.RollBackModelAsync(new ReasonRequest(parsed.GetRequiredValue(reason))));
        });
        return verb;
    }

    private static Command Shadow(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The model's id, as 'models list' shows it; none takes the shadow away." };
        var reason = Why();
        var verb = reach.On(new Command("shadow", "Have a model score beside the champion and tell nobody; /metrics counts what it would have alerted.") { id, reason });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var named = parsed.GetRequiredValue(id);
            return await Say(terminal, await operations.ShadowModelAsync(named == NoShadow ? null : named, new ReasonRequest(parsed.GetRequiredValue(reason))));
        });
        return verb;
    }

    private static Command Prune(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var keep = new Option<int>("--keep") { Description = $"How many of the newest stay; 0 to {PruneRequest.Most}.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; it stands in the ledger.", DefaultValueFactory = _ => "no longer wanted" };
        var verb = reach.On(new Command("prune", "Remove old models. The champion and its parent, the shadow and what a rollback goes back to always stay.") { keep, reason });
        verb.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(keep) is < 0 or > PruneRequest.Most) throw new UserException($"--keep must be 0 to {PruneRequest.Most}.");
            using var operations = reach.Open(parsed);
            var answer = await operations.PruneModelsAsync(new PruneRequest(parsed.GetValue(keep), parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync(answer.Removed.Count == 0 ? "There is nothing to remove." : $"Removed {string.Join(", ", answer.Removed)}.");
            return UserException.Done;
        });
        return verb;
    }

    private static Option<string> Why() => new("--reason") { Description = "Why; it stands in the ledger.", Required = true };

    private static async Task<int> Say(Terminal terminal, ModelChange change)
    {
        await terminal.Out.WriteLineAsync($"The champion is {change.Champion}{(change.Shadow is null ? "" : $" with shadow {change.Shadow}")}; in force is {change.InForce} ({Names.Of(change.Source)}).");
        if (change.Source == ModelSource.Configuration) await terminal.Error.WriteLineAsync("The configuration's model_file is used and not the champion; take it out to use the registry.");
        if (change.Problem is { } problem) await terminal.Error.WriteLineAsync(Printable.Of(problem, 2000));
        return UserException.Done;
    }

    private static Command Verify(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("verify", "Read every file of every model and check it against its card, and the manifest."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var models = await operations.ModelsAsync(verify: true);
            foreach (var problem in models.Problems) await terminal.Error.WriteLineAsync(Printable.Of(problem, 2000));
            if (models.Problems.Count > 0) return UserException.Failed;
            await terminal.Out.WriteLineAsync($"The registry is whole: {models.Versions.Count} models, champion {models.Champion}");
            return UserException.Done;
        });
        return verb;
    }
}
