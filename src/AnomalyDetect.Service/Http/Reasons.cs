namespace AnomalyDetect.Service.Http;

/// <summary>What an operator's call must say of why, for the ledger.</summary>
internal static class Reasons
{
    private const int Longest = 1000;

    /// <summary>Null when all is well, or one sentence.</summary>
    public static string? Problem(string? reason) => string.IsNullOrWhiteSpace(reason) || reason.Length > Longest ? $"Say why in \"reason\", in at most {Longest} characters." : null;

    /// <summary>The answer to a call that says too little or too much; null when all is well.</summary>
    public static IResult? Refusal(string? reason) => Problem(reason) is { } wrong ? Http.Problem.Result(400, "reason_missing", wrong) : null;
}
