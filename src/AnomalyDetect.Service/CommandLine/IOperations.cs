using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>What an operator may do from the command line: through a running service's API, or on its store while no service runs.</summary>
internal interface IOperations : IDisposable
{
    Task<KeyList> KeysAsync();

    Task<KeyAnswer> AddKeyAsync(KeyRequest request);

    Task RevokeKeyAsync(string id);

    Task<DeliveryList> DeliveriesAsync(DeliveryState? state, long after, int limit);

    Task<int> ReplayDeliveriesAsync(DeliveryReplayRequest request);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<JsonElement>> AlertsAsync(AlertFilter filter);

    /// <summary>With every verdict on it.</summary>
    Task<JsonElement> AlertAsync(string id);

    Task<AlertVerdict> JudgeAsync(string id, VerdictRequest request);

    /// <param name="verify">Every file of every version is read and checked.</param>
    Task<ModelList> ModelsAsync(bool verify);

    Task<ModelRow> ModelAsync(string id);

    Task<ModelRow> AddModelAsync(ModelUpload upload);

    Task<ModelChange> PromoteModelAsync(string id, ReasonRequest request);

    /// <param name="id">Null: none any more.</param>
    Task<ModelChange> ShadowModelAsync(string? id, ReasonRequest request);

    Task<ModelChange> RollBackModelAsync(ReasonRequest request);

    Task<PruneAnswer> PruneModelsAsync(PruneRequest request);
}
