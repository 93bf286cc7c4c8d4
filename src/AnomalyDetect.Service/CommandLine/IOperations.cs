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

    Task<KeyAnswer> RotateKeyAsync(string id, KeyRotation rotation);

    Task RevokeKeyAsync(string id);

    Task<DeliveryList> DeliveriesAsync(DeliveryState? state, long after, int limit);

    Task<int> ReplayDeliveriesAsync(DeliveryReplayRequest request);

    /// <summary>What was noticed last first.</summary>
    Task<ClockFaultList> ClockFaultsAsync(string? tenant, long? after, int limit);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<JsonElement>> AlertsAsync(AlertFilter filter);

    /// <summary>As they come, from now on, until <paramref name="stop"/>.</summary>
    /// <param name="ready">Called when nothing that comes is missed any more.</param>
    IAsyncEnumerable<JsonElement> FollowAlertsAsync(AlertFilter filter, Func<Task> ready, CancellationToken stop);

    Task<ManualResolution> ResolveAlertAsync(string id, ReasonRequest request);

    Task<GrantedException> ExceptAlertAsync(string id, ExceptionRequest request);

    Task<ExceptionList> ExceptionsAsync();

    Task EndExceptionAsync(string id, ReasonRequest request);

    /// <summary>With every verdict on it, and what came of it.</summary>
    Task<JsonElement> AlertAsync(string id);

    Task<AlertAcknowledgement> AcknowledgeAsync(string id, AcknowledgeRequest request);

    Task<AlertVerdict> JudgeAsync(string id, VerdictRequest request);

    /// <summary>Decisions in force, oldest first; with <c>seq</c> and <c>state</c>, as the feed has them.</summary>
    Task<IReadOnlyList<JsonElement>> DecisionsAsync(int limit, bool simulated);

    Task<DecisionLifeAnswer> DecisionLifeAsync(string id);

    Task<HeldList> HeldAsync(int limit);

    Task<ApprovalAnswer> ApproveAsync(string id, ReasonRequest request);

    Task<ApprovalAnswer> RefuseAsync(string id, ReasonRequest request);

    Task<RevocationAnswer> RevokeAsync(RevocationRequest request);

    Task UndoAsync(string id, UndoRequest request);

    Task<UndoManyAnswer> UndoManyAsync(UndoManyRequest request);

    Task<ProtectionList> ProtectionsAsync();

    Task<ProtectionAnswer> ProtectAsync(ProtectionRequest request);

    Task UnprotectAsync(string id, ReasonRequest request);

    Task<EnforcementStateAnswer> EnforcementAsync();

    Task<EnforcementStateAnswer> HaltAsync(HaltRequest request);

    Task<EnforcementStateAnswer> ResumeAsync(HaltRequest request);

    /// <param name="verify">Every file of every version is read and checked.</param>
    Task<ModelList> ModelsAsync(bool verify);

    Task<ModelRow> ModelAsync(string id);

    Task<ModelRow> AddModelAsync(ModelUpload upload);

    Task<ModelChange> PromoteModelAsync(string id, ReasonRequest request);

    /// <param name="id">Null: none any more.</param>
    Task<ModelChange> ShadowModelAsync(string? id, ReasonRequest request);

    Task<ModelChange> RollBackModelAsync(ReasonRequest request);

    /// <summary>Trees learned since the champion came.</summary>
    Task<TriageChange> RefreshTriageAsync(TriageUpload upload);

    Task<PruneAnswer> PruneModelsAsync(PruneRequest request);
}
