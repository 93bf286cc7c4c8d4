using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Response.Routing;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Models;
using AnomalyDetect.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>Holds the data directory's lock meanwhile.</summary>
internal sealed partial class LocalOperations : IOperations
{
    private const string Actor = "command line";
    private readonly DataDirectory _data;
    private readonly Store _store;
    private readonly ApiKeys _keys;
    private readonly ModelOperations _models;
    private readonly Lazy<TriageModel?> _triage;
    private readonly IReadOnlyList<AlertException> _configured;
    private readonly EnforcementOptions _enforcement;

    public LocalOperations(Settings settings)
    {
        _data = DataDirectory.Open(settings.Written.DataDirectory);
        _store = Store.Open(settings.Written.Storage with { Path = settings.StorePath }, new DeliveryRouter(settings.Response), TimeProvider.System, NullLogger.Instance, settings.Guards);
        _keys = new ApiKeys(_store.ApiKeys, TimeProvider.System);
        var registry = new ModelRegistry(settings.ModelsDirectory, _store.Ledger, TimeProvider.System);
        (_configured, _enforcement) = (settings.Engine.Detection.Exceptions, settings.Engine.Enforcement);
        _models = new ModelOperations(registry, () => ModelInForce.Of(settings, registry));
        _triage = new Lazy<TriageModel?>(() => ModelInForce.Of(settings, registry).Triage);
    }

    public Task<KeyList> KeysAsync() => Task.FromResult(new KeyList([.. _keys.List().Select(k => KeyAnswer.Of(k))]));

    public Task<KeyAnswer> AddKeyAsync(KeyRequest request)
    {
        if (KeyRules.Problem(request, TimeProvider.System.GetUtcNow()) is { } problem) throw new UserException(problem);
        var (key, text) = _keys.Make(request.Name!, request.Roles!, request.Tenants ?? [], request.ExpiresAt?.UtcDateTime);
        _keys.Add(key, text, Actor);
        return Task.FromResult(KeyAnswer.Of(key, text));
    }

    public Task<KeyAnswer> RotateKeyAsync(string id, KeyRotation rotation)
    {
        if (KeyRules.Problem(rotation) is { } problem) throw new UserException(problem);
        return _keys.Rotate(id, rotation.Grace, Actor) is var (key, text)
            ? Task.FromResult(KeyAnswer.Of(key, text))
            : throw new UserException("There is no such key in force; 'anomalydetect keys list' shows them.", UserException.Failed);
    }

    public Task RevokeKeyAsync(string id)
    {
        if (_keys.List().All(k => k.Id != id)) throw new UserException("There is no such key; 'anomalydetect keys list' shows them.", UserException.Failed);
        _keys.Revoke(id, Actor);
        return Task.CompletedTask;
    }

    public Task<DeliveryList> DeliveriesAsync(DeliveryState? state, long after, int limit)
    {
        var rows = _store.Outbox.List(state, null, after, limit).Select(DeliveryRow.Of).ToList();
        return Task.FromResult(new DeliveryList(rows, rows.Count > 0 ? rows[^1].Sequence : after));
    }

    public Task<int> ReplayDeliveriesAsync(DeliveryReplayRequest request) => Task.FromResult(_store.Outbox.Replay(request.Target, request.Id, Actor));

    public Task<ClockFaultList> ClockFaultsAsync(string? tenant, long? after, int limit) =>
        Task.FromResult(ClockFaultList.Of(_store.Queries, tenant is null ? [] : [tenant], after, limit));

    public Task<IReadOnlyList<JsonElement>> AlertsAsync(AlertFilter filter)
    {
        if (filter.Problem(out var query) is { } problem) throw new UserException(problem);
        if (filter.Order == AlertOrder.Triage && _triage.Value is null) throw new UserException(TriagedAlerts.Off, UserException.Failed);
        return Task.FromResult<IReadOnlyList<JsonElement>>([.. _triage.Value.Show(_store.Queries.Alerts(query), filter.Order, filter.Limit).Select(Parse)]);
    }

    public Task<JsonElement> AlertAsync(string id) =>
        Task.FromResult(_store.Queries.Alert(id) is { } alert ? Parse(new AlertDossier(_store.Verdicts, _store.AlertCases, _store.AlertLog).Of(alert, _triage.Value.Judge(alert))) : throw NoAlert());

    public Task<AlertVerdict> JudgeAsync(string id, VerdictRequest request)
    {
        if (Reasons.Problem(request.Reason) is { } problem) throw new UserException(problem);
        if (!Names.TryParse<Verdict>(request.Verdict ?? "", out var verdict)) throw new UserException("There is no such verdict.");
        return Task.FromResult(_store.Verdicts.Give(id, verdict, Actor, request.Reason!) ?? throw NoAlert());
    }

    public Task<ModelList> ModelsAsync(bool verify) => Task.FromResult(_models.List(verify));

    public Task<ModelRow> ModelAsync(string id) => Try(() => _models.Find(id));

    public Task<ModelRow> AddModelAsync(ModelUpload upload) => Try(() => _models.Add(upload, Actor, out _), upload.Reason);

    public Task<ModelChange> PromoteModelAsync(string id, ReasonRequest request) => Try(() => _models.Promote(id, Actor, request.Reason!), request.Reason);

    public Task<ModelChange> ShadowModelAsync(string? id, ReasonRequest request) => Try(() => _models.Shadow(id, Actor, request.Reason!), request.Reason);

    public Task<ModelChange> RollBackModelAsync(ReasonRequest request) => Try(() => _models.RollBack(Actor, request.Reason!), request.Reason);

    public Task<TriageChange> RefreshTriageAsync(TriageUpload upload) => Try(() => _models.RefreshTriage(upload, Actor), upload.Reason);

    public Task<PruneAnswer> PruneModelsAsync(PruneRequest request) => Try(() => _models.Prune(request, Actor), request.Reason);

    private static Task<T> Try<T>(Func<T> call, string? reason = "none is needed")
    {
        if (Reasons.Problem(reason) is { } problem) throw new UserException(problem);
        try
        {
            return Task.FromResult(call());
        }
        catch (ModelException e)
        {
            throw new UserException(Printable.Of(e.Message, 2000), UserException.Failed);
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json) => JsonElement.Parse(json.Span);

    private static UserException NoAlert() => new("There is no such alert; 'anomalydetect alerts list' shows them.", UserException.Failed);

    public void Dispose()
    {
        _store.Dispose();
        _data.Dispose();
    }
}
