using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

internal sealed class RemoteOperations(string url, string key) : IOperations
{
    private readonly ServiceClient _client = new(url, key);

    public Task<KeyList> KeysAsync() => _client.GetAsync("/v1/keys", ApiJson.Default.KeyList);

    public Task<KeyAnswer> AddKeyAsync(KeyRequest request) => _client.PostAsync("/v1/keys", request, ApiJson.Default.KeyRequest, ApiJson.Default.KeyAnswer);

    public Task<KeyAnswer> RotateKeyAsync(string id, KeyRotation rotation) =>
        _client.PostAsync($"/v1/keys/{Uri.EscapeDataString(id)}/rotate", rotation, ApiJson.Default.KeyRotation, ApiJson.Default.KeyAnswer);

    public Task RevokeKeyAsync(string id) => _client.DeleteAsync($"/v1/keys/{Uri.EscapeDataString(id)}");

    public Task<DeliveryList> DeliveriesAsync(DeliveryState? state, long after, int limit) => _client.GetAsync(
        $"/v1/deliveries?after={after}&limit={limit}{(state is { } s ? $"&state={Names.Of(s)}" : "")}", ApiJson.Default.DeliveryList);

    public async Task<int> ReplayDeliveriesAsync(DeliveryReplayRequest request) =>
        (await _client.PostAsync("/v1/deliveries/replay", request, ApiJson.Default.DeliveryReplayRequest, ApiJson.Default.DeliveryReplayAnswer)).Replayed;

    public Task<ClockFaultList> ClockFaultsAsync(string? tenant, long? after, int limit) => _client.GetAsync(
        $"/v1/clock-faults?limit={limit}{(after is { } a ? $"&after={a}" : "")}{(tenant is null ? "" : $"&tenant={Uri.EscapeDataString(tenant)}")}", ApiJson.Default.ClockFaultList);

    public async Task<IReadOnlyList<JsonElement>> AlertsAsync(AlertFilter filter) =>
        [.. (await _client.GetAsync($"/v1/alerts?{filter.ToQueryString()}", ApiJson.Default.JsonElement)).GetProperty("alerts").EnumerateArray()];

    public Task<JsonElement> AlertAsync(string id) => _client.GetAsync($"/v1/alerts/{Uri.EscapeDataString(id)}", ApiJson.Default.JsonElement);

    public Task<AlertAcknowledgement> AcknowledgeAsync(string id, AcknowledgeRequest request) =>
        _client.PostAsync($"/v1/alerts/{Uri.EscapeDataString(id)}/acknowledge", request, ApiJson.Default.AcknowledgeRequest, CoreJson.Default.AlertAcknowledgement);

    public async Task<IReadOnlyList<JsonElement>> DecisionsAsync(int limit, bool simulated) =>
        [.. (await _client.GetAsync($"/v1/decisions?limit={limit}&simulated={(simulated ? "true" : "false")}", ApiJson.Default.JsonElement)).GetProperty("decisions").EnumerateArray()];

    public Task<DecisionLifeAnswer> DecisionLifeAsync(string id) => _client.GetAsync($"/v1/decisions/{Uri.EscapeDataString(id)}/life", ApiJson.Default.DecisionLifeAnswer);

    public Task<HeldList> HeldAsync(int limit) => _client.GetAsync($"/v1/decisions/held?limit={limit}", ApiJson.Default.HeldList);

    public Task<ApprovalAnswer> ApproveAsync(string id, ReasonRequest request) =>
        _client.PostAsync($"/v1/decisions/{Uri.EscapeDataString(id)}/approve", request, ApiJson.Default.ReasonRequest, ApiJson.Default.ApprovalAnswer);

    public Task<ApprovalAnswer> RefuseAsync(string id, ReasonRequest request) =>
        _client.PostAsync($"/v1/decisions/{Uri.EscapeDataString(id)}/refuse", request, ApiJson.Default.ReasonRequest, ApiJson.Default.ApprovalAnswer);

    public Task<RevocationAnswer> RevokeAsync(RevocationRequest request) =>
        _client.PostAsync("/v1/revocations", request, ApiJson.Default.RevocationRequest, ApiJson.Default.RevocationAnswer);

    public Task UndoAsync(string id, UndoRequest request) =>
        _client.PostAsync($"/v1/decisions/{Uri.EscapeDataString(id)}/undo", request, ApiJson.Default.UndoRequest, ApiJson.Default.UndoAnswer);

    public Task<UndoManyAnswer> UndoManyAsync(UndoManyRequest request) =>
        _client.PostAsync("/v1/decisions/undo", request, ApiJson.Default.UndoManyRequest, ApiJson.Default.UndoManyAnswer);

    public Task<ProtectionList> ProtectionsAsync() => _client.GetAsync("/v1/protections", ApiJson.Default.ProtectionList);

    public Task<ProtectionAnswer> ProtectAsync(ProtectionRequest request) =>
        _client.PostAsync("/v1/protections", request, ApiJson.Default.ProtectionRequest, ApiJson.Default.ProtectionAnswer);

    public Task UnprotectAsync(string id, ReasonRequest request) => _client.PostAsync($"/v1/protections/{Uri.EscapeDataString(id)}/remove", request, ApiJson.Default.ReasonRequest);

    public Task<EnforcementStateAnswer> EnforcementAsync() => _client.GetAsync("/v1/enforcement", ApiJson.Default.EnforcementStateAnswer);

    public Task<EnforcementStateAnswer> HaltAsync(HaltRequest request) =>
        _client.PostAsync("/v1/enforcement/halt", request, ApiJson.Default.HaltRequest, ApiJson.Default.EnforcementStateAnswer);

    public Task<EnforcementStateAnswer> ResumeAsync(HaltRequest request) =>
        _client.PostAsync("/v1/enforcement/resume", request, ApiJson.Default.HaltRequest, ApiJson.Default.EnforcementStateAnswer);

    public IAsyncEnumerable<JsonElement> FollowAlertsAsync(AlertFilter filter, Func<Task> ready, CancellationToken stop) => _client.FollowAsync(
        filter.Tenant is { } tenant ? $"/v1/alerts/stream?tenant={Uri.EscapeDataString(tenant)}" : "/v1/alerts/stream", ready, stop);

    public Task<ManualResolution> ResolveAlertAsync(string id, ReasonRequest request) =>
        _client.PostAsync($"/v1/alerts/{Uri.EscapeDataString(id)}/resolve", request, ApiJson.Default.ReasonRequest, CoreJson.Default.ManualResolution);

    public Task<GrantedException> ExceptAlertAsync(string id, ExceptionRequest request) =>
        _client.PostAsync($"/v1/alerts/{Uri.EscapeDataString(id)}/exception", request, ApiJson.Default.ExceptionRequest, CoreJson.Default.GrantedException);

    public Task<ExceptionList> ExceptionsAsync() => _client.GetAsync("/v1/exceptions", ApiJson.Default.ExceptionList);

    public Task EndExceptionAsync(string id, ReasonRequest request) => _client.PostAsync($"/v1/exceptions/{Uri.EscapeDataString(id)}/end", request, ApiJson.Default.ReasonRequest);

    public Task<AlertVerdict> JudgeAsync(string id, VerdictRequest request) =>
        _client.PostAsync($"/v1/alerts/{Uri.EscapeDataString(id)}/verdict", request, ApiJson.Default.VerdictRequest, CoreJson.Default.AlertVerdict);

    public Task<ModelList> ModelsAsync(bool verify) => _client.GetAsync($"/v1/models?verify={(verify ? "true" : "false")}", ApiJson.Default.ModelList);

    public Task<ModelRow> ModelAsync(string id) => _client.GetAsync($"/v1/models/{Uri.EscapeDataString(id)}", ApiJson.Default.ModelRow);

    public Task<ModelRow> AddModelAsync(ModelUpload upload) => _client.PostAsync("/v1/models", upload, ApiJson.Default.ModelUpload, ApiJson.Default.ModelRow);

    public Task<ModelChange> PromoteModelAsync(string id, ReasonRequest request) =>
        _client.PostAsync($"/v1/models/{Uri.EscapeDataString(id)}/promote", request, ApiJson.Default.ReasonRequest, ApiJson.Default.ModelChange);

    public Task<ModelChange> ShadowModelAsync(string? id, ReasonRequest request) => _client.PostAsync(
        id is null ? "/v1/models/shadow/end" : $"/v1/models/{Uri.EscapeDataString(id)}/shadow", request, ApiJson.Default.ReasonRequest, ApiJson.Default.ModelChange);

    public Task<ModelChange> RollBackModelAsync(ReasonRequest request) =>
        _client.PostAsync("/v1/models/rollback", request, ApiJson.Default.ReasonRequest, ApiJson.Default.ModelChange);

    public Task<TriageChange> RefreshTriageAsync(TriageUpload upload) => _client.PostAsync("/v1/models/triage", upload, ApiJson.Default.TriageUpload, ApiJson.Default.TriageChange);

    public Task<PruneAnswer> PruneModelsAsync(PruneRequest request) => _client.PostAsync("/v1/models/prune", request, ApiJson.Default.PruneRequest, ApiJson.Default.PruneAnswer);

    public void Dispose() => _client.Dispose();
}
