using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>What the store says of itself: rejections, clock faults and the ledger's head.</summary>
public sealed class StoreEndpoints(IQueries queries, ILedger ledger)
{
    private const int MaxLimit = 1000;

    /// <summary><c>GET /v1/rejections?limit=N</c>, newest first. What could not be read has no tenant, so it reaches the whole installation.</summary>
    public IResult Rejections(int limit = 100)
    {
        if (limit is < 1 or > MaxLimit) return Problem.Result(400, "bad_parameter", $"limit must be 1 to {MaxLimit}.");
        var (total, rows) = queries.Rejections(limit);
        var list = rows.Select(r => new RejectionRow(r.Lane, r.Partition, r.Offset, r.Index, r.Reason, r.Detail, Convert.ToBase64String(r.Sample.Span)));
        return TypedResults.Json(new RejectionList(total, [.. list]), ApiJson.Default.RejectionList);
    }

    /// <summary>
    /// <c>GET /v1/clock-faults?tenant=ID&amp;after=SEQ&amp;limit=N</c>: <c>{clock_faults: […], next}</c>, what was noticed last first. Where there may be more, <c>next</c> is
    /// to be given as <c>after</c>.
    /// </summary>
    public IResult ClockFaults(HttpContext context, string? tenant = null, long? after = null, int limit = 100)
    {
        var caller = context.Caller();
        if (limit is < 1 or > MaxLimit || after < 0) return Problem.Result(400, "bad_parameter", $"limit must be 1 to {MaxLimit}, after not negative.");
        if (tenant is not null && !caller.Sees(tenant)) return Problem.Result(403, "tenant_not_allowed", "This key may not read that tenant.");
        return TypedResults.Json(ClockFaultList.Of(queries, tenant is null ? caller.Tenants : [tenant], after, limit), ApiJson.Default.ClockFaultList);
    }

    /// <summary><c>GET /v1/ledger/head</c>: keep it elsewhere; <c>ledger verify --head</c> takes it.</summary>
    public IResult LedgerHead()
    {
        var head = ledger.Head;
        return TypedResults.Json(new LedgerHeadAnswer(head.Sequence, head.Head), ApiJson.Default.LedgerHeadAnswer);
    }
}
