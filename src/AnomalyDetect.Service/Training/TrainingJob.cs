using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Learning.Series;
using AnomalyDetect.Learning.Triage;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Evaluating;
using AnomalyDetect.Service.Http;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Training;

/// <summary>
/// Learns a challenger, holds it against the champion, and puts it into the registry. The champion is only ever changed by the promotion at the end, which the
/// registry does whole or not at all.
/// </summary>
/// <param name="operations">Opens the way to the registry and to what analysts said; asked anew for each use, so that a service may start meanwhile; null: there is neither.</param>
internal sealed class TrainingJob(TrainingJobOptions options, Settings settings, Func<IOperations>? operations, Terminal terminal, ILogger logger, ProgressLine progress)
{
    private readonly List<string> _notes = [];

    /// <summary>What the gate found; null where it was not asked.</summary>
    public GateReport? Gate { get; private set; }

    private string? _report;
    private TriageModel? _triage;

    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">It cannot be done; the champion is what it was.</exception>
    public async Task<int> RunAsync(TrainingData data, CancellationToken cancellation)
    {
        _notes.AddRange(data.Notes);
        var confirmed = await ConfirmedAsync(data.WindowMinutes);
        var (champion, profile) = Champion();
        var survey = TrainingSurvey.Of(data, confirmed, options.IsGated);
        progress.Show(() => $"training on {survey.Training.Rows:N0} windows");
        var model = Train(data, survey, confirmed, champion);
        var series = ChooseSeries(data, survey, confirmed);
        model = model.With(SeriesTuner.ToSettings(series));
        if (model.Training.Tenants == 1) _notes.Add("Only one tenant was seen: how much tenants differ is guessed.");
        if (profile is not null && survey.Training.DriftFrom(profile).Where(d => d.Principals >= FeatureProfile.Large).OrderByDescending(d => d.Principals).ToList() is { Count: > 0 } drifted)
            _notes.Add($"{drifted.Count} features are far from what the champion was trained on ({string.Join(", ", drifted.Take(3).Select(d => Names.Of(d.Feature)))}): were it an attack through the whole span, it would be learned as ordinary.");
        if (survey.LeftOut > 0) _notes.Add($"{survey.LeftOut:N0} windows under {confirmed.Alerts:N0} confirmed alerts were not learned from.");
        if (options.Output is { } output) ModelFile.Write(output, model);

        GateReport? gate = null;
        if (options.IsGated)
        {
            Gate = gate = await JudgeAsync(champion, model, data, survey, confirmed, profile, series, cancellation);
            _report = GateFiles.Write(gate, options.Report, Path.Combine(settings.Written.DataDirectory, "training"), DateTime.UtcNow);
        }

        await SayAsync(model, gate);
        if (options.DryRun) return gate!.Passed ? UserException.Done : UserException.Refused;
        return operations is null ? UserException.Done : await RegisterAsync(operations, model, champion, survey.Training, gate);
    }

    /// <summary>What analysts confirmed.</summary>
    private async Task<ConfirmedSpans> ConfirmedAsync(int windowMinutes)
    {
        if (operations is null) return new ConfirmedSpans([], windowMinutes);
        using var way = operations();
        var found = await JudgedAlerts.ReadAsync(way, Verdict.TruePositive, null);
        var confirmed = new ConfirmedSpans(found, windowMinutes);
        List<JsonElement> waved = [.. await JudgedAlerts.ReadAsync(way, Verdict.FalsePositive, null), .. await JudgedAlerts.ReadAsync(way, Verdict.Benign, null)];
        var contradicted = waved.RemoveAll(confirmed.Contradicts);
        if (contradicted > 0)
            _notes.Add($"{contradicted:N0} alerts were waved away although an attack was confirmed of the same entity at the same time: those windows are left out.");
        Triage(found, waved);
        return confirmed;
    }

    /// <summary>What ranks alerts, learned from verdicts; with too few it is off, which is no reason to stop.</summary>
    private void Triage(IReadOnlyList<JsonElement> confirmed, IReadOnlyList<JsonElement> waved)
    {
        try
        {
            _triage = TriageTrainer.Train(Rows(confirmed, true), Rows(waved, false), options.Training.Seed);
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"Triage learned from {_triage.Confirmed:N0} confirmed alerts and {_triage.WavedAway:N0} that were waved away; of those left out it puts a confirmed one first in {_triage.Auc:P0} of the pairs."));
        }
        catch (TooLittleException e)
        {
            _notes.Add($"{e.Message} Until then triage is off with this model.");
        }
    }

    private static IEnumerable<JudgedAlert> Rows(IEnumerable<JsonElement> alerts, bool isAttack) =>
        alerts.OrderByDescending(a => a.GetProperty("detected_at").GetDateTime()).Select(a => JudgedAlert.Of(a.Deserialize(CoreJson.Default.Alert)!, isAttack));

    private (BehaviourModel Model, FeatureProfile? Profile) Champion()
    {
        var registry = RegistryView.Of(settings.ModelsDirectory);
        if (settings.HasModelFile) _notes.Add("The configuration's model_file is used and not the champion; take it out to use what is promoted.");
        try
        {
            var id = registry.Manifest(out _).Champion;
            var profile = id == RegistryManifest.BuiltIn ? null : registry.Attachment(id, FeatureProfile.FileName);
            return (registry.Load(id), profile is null ? null : FeatureProfile.TryRead(profile));
        }
        catch (ModelException e)
        {
            throw new UserException($"The champion cannot be read, so nothing can be held against it: {Printable.Of(e.Message, 2000)} It stays what it is.", UserException.Failed);
        }
    }

    private BehaviourModel Train(TrainingData data, TrainingSurvey survey, ConfirmedSpans confirmed, BehaviourModel champion)
    {
        try
        {
            var trainer = new BehaviourTrainer(options.Training with { Parent = champion });
            return trainer.Train([.. data.Histories.Select(h => survey.TrainingPart(h, confirmed))], data.Rates, data.Source);
        }
        catch (TooLittleException e)
        {
            throw new UserException(e.Message, UserException.TooLittle);
        }
        catch (ModelException e)
        {
            throw new UserException(e.Message, UserException.Failed);
        }
    }

    /// <summary>Settings of the time-series ensemble, by kind of series.</summary>
    private IReadOnlyList<SeriesChoice> ChooseSeries(TrainingData data, TrainingSurvey survey, ConfirmedSpans confirmed)
    {
        if (data.IsMadeUp) return [];
        progress.Show(() => "choosing settings of series");
        var choices = new SeriesTuner(settings.Engine.Detection.Signals.Budget, data.WindowMinutes, options.Training.Seed).Choose([.. data.Histories.Select(h => survey.TrainingPart(h, confirmed))]);
        foreach (var choice in choices.Where(c => !c.IsDefault))
            _notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Series of {Names.Of(choice.Kind)} are judged with threshold {choice.Chosen.Setting.Threshold} and margin {choice.Chosen.Setting.Margin}: {choice.Chosen.Recall:P0} of injected attacks found at {choice.Chosen.AlertsPerWeek:0.##} alerts a series and week, where the defaults find {choice.Default.Recall:P0} at {choice.Default.AlertsPerWeek:0.##}."));
        return choices;
    }

    private async Task<GateReport> JudgeAsync(
        BehaviourModel champion, BehaviourModel challenger, TrainingData data, TrainingSurvey survey, ConfirmedSpans confirmed, FeatureProfile? profile,
        IReadOnlyList<SeriesChoice> series, CancellationToken cancellation)
    {
        var gate = new Gate(champion, challenger, settings.Engine);
        foreach (var seed in options.GateSeeds) await gate.PlayAsync(options.GateTraffic with { Seed = seed }, logger, progress, cancellation);
        foreach (var history in data.Histories) await gate.JudgeAsync(history, survey.Cut, confirmed, progress, cancellation);
        if (champion.Series != challenger.Series)
            gate.JudgeSeries([.. data.Histories.Select(h => h.Where(r => !confirmed.Covers(r)))], data.WindowMinutes, survey.Cut);
        var span = new TrainingSpan(data.Source, Time(survey.Oldest), Time(survey.Cut), survey.Training.Rows, survey.LeftOut, challenger.Training.Tenants, options.Training.Seed);
        return gate.ToReport(span, Time(survey.Cut), Time(survey.Newest), profile, survey.Training, survey.HeldOut, series, _notes);
    }

    private async Task<int> RegisterAsync(Func<IOperations> open, BehaviourModel model, BehaviourModel champion, FeatureProfile profile, GateReport? gate)
    {
        if (model.Id() == champion.Id())
        {
            await terminal.Out.WriteLineAsync("It is what the champion is already: there is nothing to do.");
            using var only = open();
            await RefreshTriageAsync(only);
            return UserException.Done;
        }

        var verdict = gate is null ? "not held against the champion" : gate.Passed ? "passed the gate" : $"refused by the gate: {string.Join("; ", gate.Rules.Where(r => !r.Passed).Select(r => r.Name))}";
        using var way = open();
        var file = ModelFile.ToBytes(model);
        var attachments = new Dictionary<string, byte[]> { [FeatureProfile.FileName] = profile.ToBytes() };
        if (_triage is not null) attachments.Add(TriageFile.FileName, TriageFile.ToBytes(_triage));
        ModelRow row;
        try
        {
            row = await way.AddModelAsync(new ModelUpload(
                file, $"trained on {model.Training.Source}, {verdict}", gate is null ? null : Metrics(gate), attachments));
        }
        catch (Exception e) when (e is UserException or HttpRequestException or IOException)
        {
            throw new UserException($"The model could not be registered: {e.Message} {UnregisteredModel.Keep(file, model.Id(), settings.Written.DataDirectory)}", UserException.Failed);
        }

        await terminal.Out.WriteLineAsync($"Registered as {row.Id}, {verdict}.");
        var code = await PromoteAsync(way, row.Id, gate);
        await RefreshTriageAsync(way);
        if (options.Keep is { } keep && await way.PruneModelsAsync(new PruneRequest(keep, "kept by the retraining job")) is { Removed.Count: > 0 } pruned)
            await terminal.Out.WriteLineAsync($"Removed {pruned.Removed.Count} old models.");
        return code;
    }

    /// <summary>Verdicts count from this night on, whichever model judges: beside a champion that stays too.</summary>
    private async Task RefreshTriageAsync(IOperations way)
    {
        if (!options.Promote || _triage is null) return;
        var change = await way.RefreshTriageAsync(new TriageUpload(TriageFile.ToBytes(_triage), "learned by the retraining job from the verdicts there are"));
        if (change.Refreshed) await terminal.Out.WriteLineAsync($"Alerts of {change.Champion} are ranked by what triage learned just now.");
    }

    private async Task<int> PromoteAsync(IOperations way, string id, GateReport? gate)
    {
        if (!options.Promote)
        {
            await terminal.Out.WriteLineAsync($"'anomalydetect models promote {id} --reason …' puts it in force.");
            return UserException.Done;
        }

        if (gate is { Passed: false } && options.Force is null)
        {
            await terminal.Error.WriteLineAsync("The gate refuses it; the champion stays. The report says why; --force with --reason promotes it all the same.");
            return UserException.Refused;
        }

        var reason = options.Force is { } force ? $"forced: {force}" : $"the gate let it pass; report in {_report}";
        var change = await way.PromoteModelAsync(id, new ReasonRequest(reason));
        await terminal.Out.WriteLineAsync($"Promoted: the champion is {change.Champion}; in force is {change.InForce}.");
        if (change.Problem is { } problem) await terminal.Error.WriteLineAsync(Printable.Of(problem, 2000));
        return UserException.Done;
    }

    private async Task SayAsync(BehaviourModel model, GateReport? gate)
    {
        progress.Dispose();
        var card = model.Training;
        await terminal.Out.WriteLineAsync($"Model {model.Id()} learned from {card.PrincipalRows:N0} windows of principals and {card.TenantRows:N0} of {card.Tenants:N0} tenants{(options.Output is { } file ? $"; written to {Printable.Of(file)}" : "")}.");
        foreach (var note in _notes) await terminal.Out.WriteLineAsync($"  {Printable.Of(note, 2000)}");
        if (gate is null) return;
        foreach (var rule in gate.Rules)
            await terminal.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {(rule.Passed ? "passed" : "BROKEN")}  {rule.Name}: {rule.Challenger:0.####}, champion {rule.Champion:0.####}, limit {rule.Limit:0.####}"));
        await terminal.Out.WriteLineAsync($"The gate {(gate.Passed ? "lets it pass" : "refuses it")}; report in {Printable.Of(_report!)}.");
    }

    private static Dictionary<string, double> Metrics(GateReport gate) => new()
    {
        ["attacks_played"] = gate.Attacks.Sum(a => a.Played), ["attacks_found"] = gate.Attacks.Sum(a => a.Found.Challenger),
        ["false_alerts_per_tenant_day"] = gate.SimulatedFalseAlerts.Challenger, ["held_out_alerts_per_tenant_day"] = gate.HeldOutAlerts.Challenger,
        ["rarer_than_0.001"] = gate.Calibration[2].Challenger, ["gate_passed"] = gate.Passed ? 1 : 0,
    };

    private static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);
}
