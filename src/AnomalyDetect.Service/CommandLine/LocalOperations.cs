using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Routing;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>Holds the data directory's lock meanwhile.</summary>
internal sealed class LocalOperations : IOperations
{
    private const string Actor = "command line";
    private readonly DataDirectory _data;
    private readonly Store _store;
    private readonly ApiKeys _keys;

    public LocalOperations(Settings settings)
    {
        _data = DataDirectory.Open(settings.Written.DataDirectory);
        _store = Store.Open(settings.Written.Storage with { Path = settings.StorePath }, new DeliveryRouter(settings.Response), TimeProvider.System, NullLogger.Instance);
        _keys = new ApiKeys(_store.ApiKeys, TimeProvider.System);
    }

    public Task<KeyList> KeysAsync() => Task.FromResult(new KeyList([.. _keys.List().Select(k => KeyAnswer.Of(k))]));

    public Task<KeyAnswer> AddKeyAsync(KeyRequest request)
    {
        if (KeyRules.Problem(request) is { } problem) throw new UserException(problem);
        var (key, text) = _keys.Make(request.Name!, request.Roles!, request.Tenants ?? []);
        _keys.Add(key, text, Actor);
        return Task.FromResult(KeyAnswer.Of(key, text));
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

    public Task<IReadOnlyList<JsonElement>> AlertsAsync(AlertFilter filter)
    {
        if (filter.Problem(out var query) is { } problem) throw new UserException(problem);
        return Task.FromResult<IReadOnlyList<JsonElement>>([.. _store.Queries.Alerts(query).Select(alert => Parse(AlertJson.Of(alert)))]);
    }

    public Task<JsonElement> AlertAsync(string id) =>
        Task.FromResult(_store.Queries.Alert(id) is { } alert ? Parse(AlertJson.Of(alert, _store.Verdicts.Of(id))) : throw NoAlert());

    public Task<AlertVerdict> JudgeAsync(string id, VerdictRequest request)
    {
        if (Reasons.Problem(request.Reason) is { } problem) throw new UserException(problem);
        if (!Names.TryParse<Verdict>(request.Verdict ?? "", out var verdict)) throw new UserException("There is no such verdict.");
        return Task.FromResult(_store.Verdicts.Give(id, verdict, Actor, request.Reason!) ?? throw NoAlert());
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json) => JsonElement.Parse(json.Span);

    private static UserException NoAlert() => new("There is no such alert; 'anomalydetect alerts list' shows them.", UserException.Failed);

    public void Dispose()
    {
        _store.Dispose();
        _data.Dispose();
    }
}
