using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response;

namespace AnomalyDetect.Service.Http;

/// <summary>Outbound work as it stands, and putting back what was given up.</summary>
public sealed class DeliveriesEndpoint(IOutbox outbox, ResponseRuntime response)
{
    private const int MaxLimit = 1000;

    /// <summary><c>GET /v1/deliveries?state=dead&amp;after=SEQ&amp;limit=N</c>, oldest first.</summary>
    public IResult List(HttpContext context, string? state = null, long after = 0, int limit = 100)
    {
        var caller = context.Caller();
        DeliveryState? wanted = null;
        if (state is not null)
        {
            if (!Names.TryParse(state, out DeliveryState parsed))
                return Problem.Result(400, "bad_parameter", $"state must be one of {string.Join(", ", Names.All<DeliveryState>())}.");
            wanted = parsed;
        }

        if (limit is < 1 or > MaxLimit || after < 0) return Problem.Result(400, "bad_parameter", $"limit must be 1 to {MaxLimit}, after not negative.");
        var rows = Read(caller, wanted, after, limit).Select(DeliveryRow.Of).ToList();
        return TypedResults.Json(new DeliveryList(rows, rows.Count > 0 ? rows[^1].Sequence : after), ApiJson.Default.DeliveryList);
    }

    /// <summary><c>POST /v1/deliveries/replay</c> with <c>{}</c>, <c>{"target": …}</c> or <c>{"id": …}</c>: of its own tenants only.</summary>
    public async Task<IResult> ReplayAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.DeliveryReplayRequest);
        if (problem is not null) return problem;
        var replayed = caller.SeesAll
            ? response.Replay(request!.Target, request.Id, caller.Actor)
            : ReplayOwn(caller, request!);
        return TypedResults.Json(new DeliveryReplayAnswer(replayed), ApiJson.Default.DeliveryReplayAnswer);
    }

    private int ReplayOwn(Caller caller, DeliveryReplayRequest request)
    {
        var replayed = 0;
        foreach (var tenant in caller.Tenants)
        {
            var after = 0L;
            while (outbox.List(DeliveryState.Dead, tenant, after, MaxLimit) is { Count: > 0 } page)
            {
                after = page[^1].Sequence;
                foreach (var dead in page.Where(d => (request.Id ?? d.Id) == d.Id && (request.Target ?? d.Target) == d.Target))
                    replayed += response.Replay(null, dead.Id, caller.Actor);
            }
        }

        return replayed;
    }

    private IEnumerable<Delivery> Read(Caller caller, DeliveryState? state, long after, int limit) => caller.SeesAll
        ? outbox.List(state, null, after, limit)
        : caller.Tenants.SelectMany(t => outbox.List(state, t, after, limit)).OrderBy(d => d.Sequence).Take(limit);
}
