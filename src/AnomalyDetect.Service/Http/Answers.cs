using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <param name="Accepted">Records that are on disk.</param>
/// <param name="RejectedCount">All that were not; <paramref name="Rejected"/> names the first of them.</param>
public sealed record IngestAnswer(int Accepted, int RejectedCount, IReadOnlyList<RejectedLine> Rejected);

/// <summary>As <see cref="IngestAnswer"/>, where nothing was taken.</summary>
public sealed record IngestProblem(
    string Type, string Title, int Status, string Code, string Detail, int Accepted, int RejectedCount, IReadOnlyList<RejectedLine> Rejected);

/// <param name="Line">From 1: the line of NDJSON, or the element of an array.</param>
public sealed record RejectedLine(int Line, string Reason, string Detail);

/// <param name="Verdict"><c>true_positive</c>, <c>false_positive</c> or <c>benign</c>.</param>
public sealed record VerdictRequest(string? Verdict, string? Reason);

public sealed record UndoRequest(string? Reason);

public sealed record UndoAnswer(string Id, DecisionState State);

/// <summary>What an enforcer did since its last report. Sent again with its number after no answer, it is counted once.</summary>
/// <param name="Instance">One run of one enforcer: 1 to 64 of <c>[A-Za-z0-9._-]</c>, such as a random id.</param>
/// <param name="Batch">Counts the instance's reports, from 1.</param>
/// <param name="Decisions">At most 250.</param>
public sealed record EnforcementReport(string? Instance, long Batch, IReadOnlyList<EnforcedDecision>? Decisions);

/// <param name="Count">Requests since the last report, from 1. Of a dry run: those it would have been carried out on.</param>
/// <param name="Ended">Of a revocation of many: whom and what it cut off.</param>
public sealed record EnforcedDecision(string? Id, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Count, EndedReport? Ended = null);

/// <summary>
/// Principals, sessions and tokens met since the last report, each id as a mark: of its UTF-8 text's SHA-256 the first 8 bytes as a big-endian number give the register (the
/// highest 10 bits) and the rank (leading zeros of the rest + 1, at most 55); the mark is register × 64 + rank. A mark sent again does no harm, so one for each register
/// will do, its highest. At most 1,024 of a kind.
/// </summary>
public sealed record EndedReport(IReadOnlyList<int>? Principals, IReadOnlyList<int>? Sessions, IReadOnlyList<int>? Tokens);

/// <param name="Recorded">Decisions whose count grew.</param>
/// <param name="Unknown">Decisions that are not there, or not this key's to enforce.</param>
/// <param name="Repeated">This report was taken in before.</param>
public sealed record EnforcementAnswer(int Recorded, int Unknown, bool Repeated);

/// <param name="Next">Give it as <c>after</c> for the following page.</param>
public sealed record DeliveryList(IReadOnlyList<DeliveryRow> Deliveries, long Next);

public sealed record DeliveryRow(
    long Sequence, string Id, string Target, DeliveryKind Kind, string SubjectId, string TenantId, DeliveryState State, int Attempts, DateTime DueAt, string? Result)
{
    public static DeliveryRow Of(Delivery d) => new(d.Sequence, d.Id, d.Target, d.Kind, d.SubjectId, d.TenantId, d.State, d.Attempts, d.DueAt, d.Result);
}

/// <param name="Target">All dead deliveries of this target; with neither, all.</param>
/// <param name="Id">This one.</param>
public sealed record DeliveryReplayRequest(string? Target, string? Id);

public sealed record DeliveryReplayAnswer(int Replayed);

/// <param name="Total">In all, since the store was made; the newest are kept.</param>
public sealed record RejectionList(long Total, IReadOnlyList<RejectionRow> Rejections);

/// <param name="Sample">The record's first bytes, Base64.</param>
public sealed record RejectionRow(string Lane, int Partition, long Offset, int Index, string Reason, string Detail, string Sample);

/// <param name="Next">Where there may be more: give it as <c>after</c> for the following page.</param>
public sealed record ClockFaultList(IReadOnlyList<ClockFaultRow> ClockFaults, long? Next)
{
    internal static ClockFaultList Of(IQueries queries, IReadOnlyList<string> tenants, long? after, int limit)
    {
        var rows = queries.ClockFaults(tenants, after, limit);
        return new ClockFaultList([.. rows.Select(ClockFaultRow.Of)], rows.Count == limit ? rows[^1].Sequence : null);
    }
}

/// <param name="Kind"><c>late</c>: events came too late to be used; <c>ahead</c>: they claim to be from the future.</param>
/// <param name="FirstSeen">By the arrival of events.</param>
/// <param name="Hours">In how many hours it was noticed.</param>
/// <param name="Events">Out of time in these hours, at least.</param>
/// <param name="WorstSeconds">How far one of them was off at most.</param>
/// <param name="EventId">One of those of the latest hour.</param>
public sealed record ClockFaultRow(
    long Sequence, string TenantId, ClockFaultKind Kind, DateTime FirstSeen, DateTime LastSeen, long Hours, long Events, double WorstSeconds, string EventId)
{
    public static ClockFaultRow Of(StoredClockFault f) =>
        new(f.Sequence, f.TenantId, f.Kind, f.FirstSeen, f.LastSeen, f.Hours, f.Events, Math.Round(f.Worst.TotalSeconds, 3), f.EventId);
}

public sealed record LedgerHeadAnswer(long Sequence, string Head);

public sealed record KeyList(IReadOnlyList<KeyAnswer> Keys);

/// <param name="NotReady">What is missing, in sentences; empty when ready.</param>
/// <param name="Warnings">What a person should see to while it does its work all the same; null: nothing.</param>
public sealed record ReadyAnswer(bool Ready, IReadOnlyList<string> NotReady, IReadOnlyList<string>? Warnings = null);

public sealed record HealthAnswer(string Status);
