using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Bouncers;

namespace AnomalyDetect.Service.Http;

/// <summary>The decision feed for whoever enforces by polling, and undo.</summary>
public sealed class DecisionsEndpoint(IDecisionStore decisions, IOutbox outbox, LiveBouncers bouncers, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MaxLimit = 10_000;
    private const int MaxWaitSeconds = 60;

    /// <summary>
    /// <c>GET /v1/decisions?after=SEQ&amp;wait=SECONDS&amp;limit=N&amp;simulated=BOOL</c>: <c>{decisions: [{seq, state, …decision, enforced}], next, head}</c>. Ask again
    /// with <c>after=next</c>. With <c>wait</c> the answer comes with the first change, or empty when the time is over. An entry with state <c>expired</c> or
    /// <c>undone</c> is a tombstone. Dry runs come only when asked for, and have no tombstones. A <c>head</c> below <c>after</c> says that this is not the feed
    /// it was (another store, or an older copy of it): <c>next</c> is then 0, and what was held must be dropped.
    /// <para>
    /// A bouncer adds <c>instance=ID</c> (one run of it), <c>applied=SEQ</c> (what it judges by now holds everything up to there; left out while it has no whole copy) and
    /// <c>missing=N</c> (decisions it has no room for or does not know), so that decisions are known to have arrived. It counts as live for two minutes.
    /// </para>
    /// </summary>
    public async Task<IResult> FeedAsync(
        HttpContext context, long after = 0, int wait = 0, int limit = 1000, bool simulated = false, string? instance = null, long? applied = null, int missing = 0)
    {
        var caller = context.Caller();
        if (instance is not null && (!EnforcementEndpoint.IsInstance(instance) || applied < 0 || missing < 0))
            return Problem.Result(400, "bad_parameter", "instance must be 1 to 64 letters, digits, dots, dashes and underscores, applied and missing not be negative.");
        if (after < 0 || wait is < 0 or > MaxWaitSeconds || limit is < 1 or > MaxLimit)
            return Problem.Result(400, "bad_parameter", $"after must not be negative, wait be 0 to {MaxWaitSeconds} seconds, limit 1 to {MaxLimit}.");

        if (instance is not null && caller.Has(ApiRole.Enforcer))
        {
            // A position beyond the head is one of another store.
            var holds = applied <= decisions.FeedHead ? applied : null;
            bouncers.Saw(new BouncerSighting($"{caller.Key.Id}/{instance}", caller.Tenants, holds, missing), TimeSpan.FromSeconds(wait));
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var changed = new SemaphoreSlim(0, 1);
        outbox.Changed += Pulse;
        try
        {
            var deadline = time.GetTimestamp();
            while (true)
            {
                // The head is read first: everything up to it is in what is read next.
                var head = decisions.FeedHead;
                if (head < after) return new DecisionFeed([], Next: 0, head);
                var entries = Read(caller, after, limit, simulated);
                var left = TimeSpan.FromSeconds(wait) - time.GetElapsedTime(deadline);
                if (entries.Count > 0 || left <= TimeSpan.Zero || stop.IsCancellationRequested)
                {
                    var next = entries.Count < limit ? Math.Max(head, after) : after;
                    return new DecisionFeed(entries, entries.Count > 0 ? Math.Max(next, entries[^1].Sequence) : next, head);
                }

                try
                {
                    await changed.WaitAsync(left, stop.Token);
                }
                catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
                {
                    // stopping: answer what there is
                }
            }
        }
        finally
        {
            outbox.Changed -= Pulse;
        }

        void Pulse()
        {
            try
            {
                changed.Release();
            }
            catch (SemaphoreFullException)
            {
                // a pulse is waiting already
            }
        }
    }

    private IReadOnlyList<DecisionFeedRow> Read(Caller caller, long after, int limit, bool simulated) => caller.SeesAll
        ? decisions.FeedRows(after, null, limit, simulated)
        : [.. caller.Tenants.SelectMany(t => decisions.FeedRows(after, t, limit, simulated)).OrderBy(e => e.Sequence).Take(limit)];

    /// <summary><c>GET /v1/decisions/{id}</c>: one entry of the feed, in whatever state, dry runs too.</summary>
    public IResult Get(HttpContext context, string id) => decisions.Find(id) is { } entry && context.Caller().Sees(entry.Decision.TenantId)
        ? new DecisionRow(entry)
        : Problem.Result(404, "decision_unknown", "There is no such decision.");

    /// <summary><c>POST /v1/decisions/{id}/undo</c> with <c>{"reason": …}</c>.</summary>
    public async Task<IResult> UndoAsync(HttpContext context, string id)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.UndoRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        var entry = decisions.Find(id);
        if (entry is null || !caller.Sees(entry.Decision.TenantId))
            return Problem.Result(404, "decision_unknown", "There is no such decision.");
        if (entry.State != DecisionState.Active || !decisions.Undo(id, caller.Actor, request.Reason!))
            return Problem.Result(409, "decision_not_in_force", "This decision is not in force, so there is nothing to undo.");
        return TypedResults.Json(new UndoAnswer(id, DecisionState.Undone), ApiJson.Default.UndoAnswer);
    }

    /// <summary>
    /// <c>POST /v1/decisions/undo</c> with <c>{"rule": …, "since": TIME, "tenant": …, "reason": …}</c>: all in force that fit, of the caller's tenants. At least one of rule,
    /// since and tenant.
    /// </summary>
    public async Task<IResult> UndoManyAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.UndoManyRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (request.Problem is { } wrong) return Problem.Result(400, "bad_parameter", wrong);
        if (request.Tenant is { } tenant && !caller.Sees(tenant)) return Problem.Result(403, "tenant_not_allowed", "This key may not undo decisions of that tenant.");
        return TypedResults.Json(UndoMany(decisions, request, request.Tenant is { } one ? [one] : caller.Tenants, caller.Actor), ApiJson.Default.UndoManyAnswer);
    }

    /// <summary>In transactions of a bounded size; cut short, the same call goes on with what is left.</summary>
    internal static UndoManyAnswer UndoMany(IDecisionStore decisions, UndoManyRequest request, IReadOnlyList<string> tenants, string actor)
    {
        var filter = new DecisionFilter(request.Rule, request.Since?.UtcDateTime, tenants);
        var undone = 0;
        while (decisions.Undo(filter, actor, request.Reason!, 500) is > 0 and var some) undone += some;
        return new UndoManyAnswer(undone);
    }

    /// <summary><c>GET /v1/decisions/{id}/life</c>: what has become of it, step by step, with who and why.</summary>
    public IResult Life(HttpContext context, string id) => decisions.Find(id) is { } entry && context.Caller().Sees(entry.Decision.TenantId)
        ? TypedResults.Json(new DecisionLifeAnswer(id, entry.State, decisions.Life(id), entry.Enforced?.Ended), ApiJson.Default.DecisionLifeAnswer)
        : Problem.Result(404, "decision_unknown", "There is no such decision.");
}
