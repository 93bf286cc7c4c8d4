using System.Text.Json;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Bouncer.Reporting;

/// <summary>The body of <c>POST /v1/decisions/enforced</c>. Sent again with its number until it is answered, it is counted once.</summary>
/// <param name="Instance">One run of one bouncer.</param>
/// <param name="Batch">Counts its reports, from 1.</param>
internal sealed record EnforcementReport(string Instance, long Batch, IReadOnlyList<EnforcedDecision> Decisions)
{
    /// <summary>The service takes 250; this many fit into its 64 KiB with room to spare.</summary>
    public const int MaxDecisions = 200;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Default.EnforcementReport);
}

/// <param name="Count">Requests since the last report. Of a dry run: those it would have been carried out on.</param>
internal sealed record EnforcedDecision(string Id, DateTime FirstAt, DateTime LastAt, long Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EnforcementReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
