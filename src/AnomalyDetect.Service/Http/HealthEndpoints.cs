namespace AnomalyDetect.Service.Http;

/// <summary>One thing that must hold for the service to be of use: null when it does, or one sentence saying what is missing.</summary>
public delegate string? ReadinessCheck();

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: the pipeline runs, the store can be written, the source is connected.</summary>
/// <param name="warnings">What a person should see to while the service does its work all the same: told, and no reason to take it out of service.</param>
public sealed class HealthEndpoints(IReadOnlyList<ReadinessCheck> checks, IReadOnlyList<ReadinessCheck> warnings)
{
    public IResult Healthy() => TypedResults.Json(new HealthAnswer("ok"), ApiJson.Default.HealthAnswer);

    public IResult Ready()
    {
        var missing = checks.Select(check => check()).OfType<string>().ToList();
        var warned = warnings.Select(check => check()).OfType<string>().ToList();
        return TypedResults.Json(new ReadyAnswer(missing.Count == 0, missing, warned.Count == 0 ? null : warned), ApiJson.Default.ReadyAnswer, statusCode: missing.Count == 0 ? 200 : 503);
    }
}
