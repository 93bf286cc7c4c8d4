using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <content>The life of decisions and the guards. What enforcers hold is put right by the service when it starts.</content>
internal sealed partial class LocalOperations
{
    public Task<AlertAcknowledgement> AcknowledgeAsync(string id, AcknowledgeRequest request)
    {
        if (request.Note is not null && Reasons.Problem(request.Note) is not null) throw new UserException("--note must say something, in at most 1000 characters.");
        return Task.FromResult(_store.AlertWork.Acknowledge(id, Actor, request.Note) ?? throw NoAlert());
    }

    public Task<IReadOnlyList<JsonElement>> DecisionsAsync(int limit, bool simulated) => Task.FromResult<IReadOnlyList<JsonElement>>([.. _store.Decisions.Feed(0, null, limit, simulated).Select(Row)]);

    public Task<DecisionLifeAnswer> DecisionLifeAsync(string id) => Task.FromResult(
        _store.Decisions.Find(id) is { } entry ? new DecisionLifeAnswer(id, entry.State, _store.Decisions.Life(id), entry.Enforced?.Ended) : throw NoDecision());

    public Task<HeldList> HeldAsync(int limit) => Task.FromResult(new HeldList([.. _store.Decisions.Held(null, limit).Select(HeldRow.Of)]));

    public Task<ApprovalAnswer> ApproveAsync(string id, ReasonRequest request)
    {
        var reason = Because(request.Reason);
        return Task.FromResult(_store.Decisions.Approve(id, Actor, reason) switch
        {
            null => throw NotHeld(id),
            { State: DecisionState.Held } => throw new UserException(ApprovalsEndpoint.OwnRequest, UserException.Failed),
            var admission => new ApprovalAnswer(id, admission.State, admission.Reason),
        });
    }

    public Task<ApprovalAnswer> RefuseAsync(string id, ReasonRequest request)
    {
        var reason = Because(request.Reason);
        return Task.FromResult(_store.Decisions.Refuse(id, Actor, reason) ? new ApprovalAnswer(id, DecisionState.Refused, reason) : throw NotHeld(id));
    }

    public Task<RevocationAnswer> RevokeAsync(RevocationRequest request)
    {
        Because(request.Reason);
        var now = TimeProvider.System.GetUtcNow();
        if (request.Problem(now) is { } problem) throw new UserException(problem);
        if (request.AlertProblem(_store.Queries) is { } unknown) throw new UserException(unknown, UserException.Failed);
        return Task.FromResult(RevocationsEndpoint.Request(_store.Decisions, _enforcement, request, Actor, now));
    }

    public Task UndoAsync(string id, UndoRequest request)
    {
        if (!_store.Decisions.Undo(id, Actor, Because(request.Reason)))
            throw _store.Decisions.Find(id) is null ? NoDecision() : new UserException("This decision is not in force, so there is nothing to undo.", UserException.Failed);
        return Task.CompletedTask;
    }

    public Task<UndoManyAnswer> UndoManyAsync(UndoManyRequest request)
    {
        Because(request.Reason);
        if (request.Problem is { } problem) throw new UserException(problem);
        return Task.FromResult(DecisionsEndpoint.UndoMany(_store.Decisions, request, request.Tenant is { } tenant ? [tenant] : [], Actor));
    }

    public Task<ProtectionList> ProtectionsAsync() => Task.FromResult(new ProtectionList(_store.Guards.Protections));

    public Task<ProtectionAnswer> ProtectAsync(ProtectionRequest request)
    {
        var reason = Because(request.Reason);
        if (request.Problem(TimeProvider.System.GetUtcNow()) is { } problem) throw new UserException(problem);
        var receipt = _store.Guards.Protect(request.TenantId, request.Kind!.Value, request.Value!, request.ExpiresAt?.UtcDateTime, Actor, reason)
            ?? throw new UserException($"There are {IGuardStore.MostProtections} protections already; take some away, or protect a range or pattern instead.", UserException.Failed);
        return Task.FromResult(new ProtectionAnswer(receipt.Protection, receipt.Undone, receipt.Refused));
    }

    public Task UnprotectAsync(string id, ReasonRequest request) => _store.Guards.Unprotect(id, Actor, Because(request.Reason))
        ? Task.CompletedTask
        : throw new UserException("There is no such protection; 'anomalydetect protections list' shows them.", UserException.Failed);

    public Task<EnforcementStateAnswer> EnforcementAsync() => Task.FromResult(EnforcementStateAnswer.Of(_store.Guards, _ => true));

    public Task<EnforcementStateAnswer> HaltAsync(HaltRequest request)
    {
        Check(request);
        return Task.FromResult(GuardsEndpoint.Halt(_store.Guards, Actor, request, _ => true));
    }

    public Task<EnforcementStateAnswer> ResumeAsync(HaltRequest request)
    {
        Check(request);
        _store.Guards.Resume(Actor, request.Reason!, request.TenantId);
        return EnforcementAsync();
    }

    private static void Check(HaltRequest request)
    {
        Because(request.Reason);
        if (request.Problem is { } problem) throw new UserException(problem);
    }

    private static string Because(string? reason) => Reasons.Problem(reason) is { } problem ? throw new UserException(problem) : reason!;

    private static JsonElement Row(DecisionEntry entry) => Parse(DecisionRow.Json(entry));

    private UserException NotHeld(string id) =>
        _store.Decisions.Find(id) is null ? NoDecision() : new UserException("This decision does not wait for approval; 'anomalydetect decisions held' shows those that do.", UserException.Failed);

    private static UserException NoDecision() => new("There is no such decision; 'anomalydetect decisions list' shows those in force.", UserException.Failed);
}
