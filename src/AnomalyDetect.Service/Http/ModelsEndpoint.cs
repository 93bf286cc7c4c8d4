using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Models;

namespace AnomalyDetect.Service.Http;

/// <summary>The model registry. A model judges every tenant, so its operations reach the whole installation.</summary>
public sealed class ModelsEndpoint(ModelOperations models)
{
    internal const int MaxUpload = 24 << 20; // the largest model file, as Base64

    /// <summary><c>GET /v1/models?verify=true</c>; with <c>verify</c> every file is read and checked.</summary>
    public IResult List(bool verify = false) => Json(models.List(verify), ApiJson.Default.ModelList);

    /// <summary><c>GET /v1/models/{id}</c>.</summary>
    public IResult Get(string id)
    {
        try
        {
            return Json(models.Find(id), ApiJson.Default.ModelRow);
        }
        catch (ModelException e)
        {
            return Problem.Result(404, "model_unknown", Printable.Of(e.Message, 2000));
        }
    }

    /// <summary><c>POST /v1/models</c> with <c>{"file": BASE64, "reason": …, "metrics": {…}, "attachments": {NAME: BASE64}}</c>: 201, or 200 when it was there already.</summary>
    public async Task<IResult> AddAsync(HttpContext context)
    {
        var (upload, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ModelUpload, MaxUpload);
        if (problem is not null) return problem;
        if (upload!.File is null) return Problem.Result(400, "bad_json", "Send the model file's bytes as Base64 in \"file\".");
        if (Reasons.Refusal(upload.Reason) is { } reasonless) return reasonless;
        return Try(() =>
        {
            var row = models.Add(upload, context.Caller().Actor, out var isNew);
            return TypedResults.Json(row, ApiJson.Default.ModelRow, statusCode: isNew ? 201 : 200);
        });
    }

    /// <summary><c>POST /v1/models/{id}/promote</c> with <c>{"reason": …}</c>.</summary>
    public Task<IResult> PromoteAsync(HttpContext context, string id) => ChangeAsync(context, reason => models.Promote(id, context.Caller().Actor, reason));

    /// <summary><c>POST /v1/models/rollback</c> with <c>{"reason": …}</c>.</summary>
    public Task<IResult> RollBackAsync(HttpContext context) => ChangeAsync(context, reason => models.RollBack(context.Caller().Actor, reason));

    /// <summary><c>POST /v1/models/{id}/shadow</c> with <c>{"reason": …}</c>: scores beside the champion and tells nobody.</summary>
    public Task<IResult> ShadowAsync(HttpContext context, string id) => ChangeAsync(context, reason => models.Shadow(id, context.Caller().Actor, reason));

    /// <summary><c>POST /v1/models/shadow/end</c> with <c>{"reason": …}</c>.</summary>
    public Task<IResult> EndShadowAsync(HttpContext context) => ChangeAsync(context, reason => models.Shadow(null, context.Caller().Actor, reason));

    /// <summary><c>POST /v1/models/triage</c> with <c>{"file": BASE64, "reason": …}</c>: 201, or 200 when those trees rank already.</summary>
    public async Task<IResult> RefreshTriageAsync(HttpContext context)
    {
        var (upload, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.TriageUpload, MaxUpload);
        if (problem is not null) return problem;
        if (upload!.File is null) return Problem.Result(400, "bad_json", "Send the bytes of triage.json as Base64 in \"file\".");
        if (Reasons.Refusal(upload.Reason) is { } reasonless) return reasonless;
        return Try(() =>
        {
            var changed = models.RefreshTriage(upload, context.Caller().Actor);
            return TypedResults.Json(changed, ApiJson.Default.TriageChange, statusCode: changed.Refreshed ? 201 : 200);
        });
    }

    /// <summary><c>POST /v1/models/prune</c> with <c>{"keep": N, "reason": …}</c>: removes versions that are neither in use nor among the newest.</summary>
    public async Task<IResult> PruneAsync(HttpContext context)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.PruneRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } reasonless) return reasonless;
        return Try(() => Json(models.Prune(request, context.Caller().Actor), ApiJson.Default.PruneAnswer));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, Func<string, ModelChange> change)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ReasonRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } reasonless) return reasonless;
        return Try(() => Json(change(request.Reason!), ApiJson.Default.ModelChange));
    }

    private static IResult Try(Func<IResult> call)
    {
        try
        {
            return call();
        }
        catch (ModelException e)
        {
            return Problem.Result(409, "model_refused", Printable.Of(e.Message, 2000));
        }
    }

    private static IResult Json<T>(T answer, JsonTypeInfo<T> type) => TypedResults.Json(answer, type);
}
