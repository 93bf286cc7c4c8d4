using System.Text.Json;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Bouncer.Reporting;

/// <summary>The body of <c>POST /v1/decisions/enforced</c>. Sent again with its number until it is answered, it is counted once.</summary>
/// <param name="Instance">One run of one bouncer.</param>
/// <param name="Batch">Counts its reports, from 1.</param>
internal sealed record EnforcementReport(string Instance, long Batch, IReadOnlyList<EnforcedDecision> Decisions)
{
    /// <summary>The service takes 250; this many, and the marks of one revocation more than <see cref="MaxMarks"/>, fit into its 64 KiB.</summary>
    public const int MaxDecisions = 150;

    public const int MaxMarks = 1_000;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Default.EnforcementReport);
}

/// <param name="Count">Requests since the last report. Of a dry run: those it would have been carried out on.</param>
/// <param name="Ended">Of a revocation of many: whom and what it met for the first time.</param>
internal sealed record EnforcedDecision(string Id, DateTime FirstAt, DateTime LastAt, long Count, EndedMarks? Ended = null);

/// <summary>Each a <see cref="AnomalyDetect.Core.Playbooks.DistinctMark"/>.</summary>
internal sealed record EndedMarks(IReadOnlyList<int> Principals, IReadOnlyList<int> Sessions, IReadOnlyList<int> Tokens)
{
    [JsonIgnore]
    public int Count => Principals.Count + Sessions.Count + Tokens.Count;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EnforcementReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
