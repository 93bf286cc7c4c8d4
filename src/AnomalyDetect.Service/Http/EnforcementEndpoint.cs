using System.Text.RegularExpressions;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response;

namespace AnomalyDetect.Service.Http;

/// <summary>Takes in what enforcers did, so that "requested" and "enforced" are both known.</summary>
public sealed partial class EnforcementEndpoint(IDecisionStore decisions, ResponseMetrics metrics)
{
    private const int MaxDecisions = 250;
    private const int MaxId = 64;
    private const long MaxCount = 1_000_000_000;

    /// <summary>
    /// <c>POST /v1/decisions/enforced</c> with an <see cref="EnforcementReport"/>. A decision of another tenant is counted as unknown, as one that does not
    /// exist is. The key's id is a part of the reporter's name, so that no key can use up another's numbers.
    /// </summary>
    public async Task<IResult> PostAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (report, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.EnforcementReport);
        if (problem is not null) return problem;
        if (Wrong(report!) is { } wrong) return Problem.Result(400, "bad_report", wrong);

        var tallies = report!.Decisions!.Select(d => new Enforcement(d.Id!, new EnforcementTally(d.FirstAt.UtcDateTime, d.LastAt.UtcDateTime, d.Count), Marks(d.Ended)));
        var receipt = decisions.Report(new EnforcementBatch($"{caller.Key.Id}/{report.Instance}", report.Batch, caller.Actor, [.. tallies]), caller.Tenants);
        if (receipt.Ended is { } ended) metrics.Ended(ended);
        return TypedResults.Json(new EnforcementAnswer(receipt.Recorded, receipt.Unknown, receipt.Repeated), ApiJson.Default.EnforcementAnswer);
    }

    internal static bool IsInstance(string text) => Instance().IsMatch(text);

    private static string? Wrong(EnforcementReport report)
    {
        if (report.Instance is null || !IsInstance(report.Instance)) return "Give the instance as 1 to 64 letters, digits, dots, dashes and underscores.";
        if (report.Batch < 1) return "Number the instance's reports from 1.";
        if (report.Decisions is not { Count: > 0 and <= MaxDecisions }) return $"Report 1 to {MaxDecisions} decisions at a time.";
        if (!report.Decisions.All(IsSound)) return $"Each decision needs its id, a first_at not after its last_at, and a count of 1 to {MaxCount}.";
        return report.Decisions.All(d => d.Ended is not { } e || (AreMarks(e.Principals) && AreMarks(e.Sessions) && AreMarks(e.Tokens)))
            ? null
            : $"Give what was ended as marks (register × 64 + rank), at most {DistinctMark.Registers} of a kind.";
    }

    private static EndedMarks? Marks(EndedReport? ended) => ended is null ? null : new EndedMarks(ended.Principals ?? [], ended.Sessions ?? [], ended.Tokens ?? []);

    private static bool AreMarks(IReadOnlyList<int>? marks) => marks is null || (marks.Count <= DistinctMark.Registers && marks.All(DistinctMark.IsMark));

    private static bool IsSound(EnforcedDecision? decision) =>
        decision is { Id.Length: > 0 and <= MaxId, Count: > 0 and <= MaxCount } && decision.FirstAt.Ticks > 0 && decision.FirstAt <= decision.LastAt;

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Instance();
}
