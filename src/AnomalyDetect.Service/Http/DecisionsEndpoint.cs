using System.Buffers;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Http;

/// <summary>The decision feed for whoever enforces by polling, and undo.</summary>
public sealed class DecisionsEndpoint(IDecisionStore decisions, IOutbox outbox, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MaxLimit = 10_000;
    private const int MaxWaitSeconds = 60;

    /// <summary>
    /// <c>GET /v1/decisions?after=SEQ&amp;wait=SECONDS&amp;limit=N</c>: <c>{decisions: [{seq, state, …decision}], next}</c>. Ask again with <c>after=next</c>. With
    /// <c>wait</c> the answer comes with the first change, or empty when the time is over. An entry with state <c>expired</c> or <c>undone</c> is a tombstone.
    /// </summary>
    public async Task<IResult> FeedAsync(HttpContext context, long after = 0, int wait = 0, int limit = 1000)
    {
        var caller = context.Caller();
        if (after < 0 || wait is < 0 or > MaxWaitSeconds || limit is < 1 or > MaxLimit)
            return Problem.Result(400, "bad_parameter", $"after must not be negative, wait be 0 to {MaxWaitSeconds} seconds, limit 1 to {MaxLimit}.");

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
                var entries = Read(caller, after, limit);
                var left = TimeSpan.FromSeconds(wait) - time.GetElapsedTime(deadline);
                if (entries.Count > 0 || left <= TimeSpan.Zero || stop.IsCancellationRequested)
                {
                    var next = entries.Count < limit ? Math.Max(head, after) : after;
                    return new FeedAnswer(entries, entries.Count > 0 ? Math.Max(next, entries[^1].Sequence) : next);
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

    private List<DecisionEntry> Read(Caller caller, long after, int limit) => caller.SeesAll
        ? [.. decisions.Feed(after, null, limit)]
        : [.. caller.Tenants.SelectMany(t => decisions.Feed(after, t, limit)).OrderBy(e => e.Sequence).Take(limit)];

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

    private sealed class FeedAnswer(IReadOnlyList<DecisionEntry> entries, long next) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            await using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteStartArray("decisions");
                foreach (var entry in entries) Write(json, entry);
                json.WriteEndArray();
                json.WriteNumber("next", next);
                json.WriteEndObject();
            }

            httpContext.Response.ContentType = "application/json";
            httpContext.Response.Headers.CacheControl = "no-store";
            await httpContext.Response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
        }

        private static void Write(Utf8JsonWriter json, DecisionEntry entry)
        {
            json.WriteStartObject();
            json.WriteNumber("seq", entry.Sequence);
            json.WriteString("state", Names.Of(entry.State));
            using var decision = JsonSerializer.SerializeToDocument(entry.Decision, CoreJson.Default.Decision);
            foreach (var member in decision.RootElement.EnumerateObject()) member.WriteTo(json);
            json.WriteEndObject();
        }
    }
}
