using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>What the store says of itself: rejections and the ledger's head.</summary>
public sealed class StoreEndpoints(IQueries queries, ILedger ledger)
{
    private const int MaxLimit = 1000;

    /// <summary><c>GET /v1/rejections?limit=N</c>, newest first. What could not be read has no tenant, so only a key of every tenant may see it.</summary>
    public IResult Rejections(HttpContext context, int limit = 100)
    {
        if (!context.Caller().SeesAll)
            return Problem.Result(403, "tenant_not_allowed", "Rejected records belong to no tenant; this needs a key that is bound to none.");
        if (limit is < 1 or > MaxLimit) return Problem.Result(400, "bad_parameter", $"limit must be 1 to {MaxLimit}.");
        var (total, rows) = queries.Rejections(limit);
        var list = rows.Select(r => new RejectionRow(r.Lane, r.Partition, r.Offset, r.Index, r.Reason, r.Detail, Convert.ToBase64String(r.Sample.Span)));
        return TypedResults.Json(new RejectionList(total, [.. list]), ApiJson.Default.RejectionList);
    }

    /// <summary><c>GET /v1/ledger/head</c>: keep it elsewhere; <c>ledger verify --head</c> takes it.</summary>
    public IResult LedgerHead()
    {
        var head = ledger.Head;
        return TypedResults.Json(new LedgerHeadAnswer(head.Sequence, head.Head), ApiJson.Default.LedgerHeadAnswer);
    }
}
