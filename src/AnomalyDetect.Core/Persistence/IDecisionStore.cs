using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Persistence;

/// <summary>An entry of the decision feed. A <see cref="DecisionState.Expired"/> or <see cref="DecisionState.Undone"/> entry is a tombstone.</summary>
/// <param name="Enforced">What enforcers have reported of it; null while none has.</param>
/// <param name="InForceSince">When it took effect (UTC); null where it never did.</param>
public sealed record DecisionEntry(long Sequence, DecisionState State, Decision Decision, EnforcementTally? Enforced = null, DateTime? InForceSince = null);

/// <summary>As <see cref="DecisionEntry"/>, with the decision's bytes as recorded.</summary>
public sealed record DecisionFeedRow(long Sequence, DecisionState State, ReadOnlyMemory<byte> Json, EnforcementTally? Enforced = null, DateTime? InForceSince = null);

/// <summary>How often a decision was carried out where requests pass; of a dry run, how often it would have been.</summary>
/// <param name="FirstAt">UTC, by the clock of whoever enforced.</param>
/// <param name="LastAt">Not before <paramref name="FirstAt"/>.</param>
/// <param name="Count">Requests, from 1.</param>
/// <param name="Ended">How many were cut off; null where the decision is not about many.</param>
public sealed record EnforcementTally(DateTime FirstAt, DateTime LastAt, long Count, DecisionReach? Ended = null);

/// <summary>Whom and what a revocation has cut off, each counted once, whichever enforcer saw it: estimates, 3 % off where they are large.</summary>
public sealed record DecisionReach(long Principals, long Sessions, long Tokens);

/// <summary>As <see cref="DistinctMark"/>s, what a revocation has cut off.</summary>
public sealed record EndedMarks(IReadOnlyList<int> Principals, IReadOnlyList<int> Sessions, IReadOnlyList<int> Tokens);

/// <summary>What one enforcer did for one decision since its last report.</summary>
/// <param name="Ended">Null where it says nothing of it.</param>
public sealed record Enforcement(string DecisionId, EnforcementTally Tally, EndedMarks? Ended = null);

/// <summary>One report of an enforcer. Reports of a reporter are numbered upwards; one that is not above the last is a repetition and counts nothing.</summary>
/// <param name="Reporter">Who reports: the key's id and the enforcer's instance.</param>
/// <param name="Actor">As the ledger names it.</param>
public sealed record EnforcementBatch(string Reporter, long Number, string Actor, IReadOnlyList<Enforcement> Enforcements);

/// <param name="Recorded">Decisions whose tally grew.</param>
/// <param name="Unknown">Decisions the store does not know, or not as one of the given tenants.</param>
/// <param name="Repeated">The whole report had been taken in before.</param>
/// <param name="Ended">By how much what revocations have cut off grew, dry runs apart; null where the report says nothing of it.</param>
public sealed record EnforcementReceipt(int Recorded, int Unknown, bool Repeated, DecisionReach? Ended = null);

/// <summary>A decision that waits for a person.</summary>
/// <param name="Reason">Why it is not simply carried out.</param>
/// <param name="Until">Refused when nobody has answered by then (UTC).</param>
/// <param name="RequestedBy">The person who asked for it, who cannot approve it; null: the playbook.</param>
public sealed record HeldDecision(Decision Decision, string Reason, DateTime Until, string? RequestedBy = null);

/// <summary>One step in a decision's life, as the ledger has it.</summary>
/// <param name="Step">
/// <c>requested</c>, <c>held</c>, <c>approved</c>, <c>refused</c>; of each enforcer <c>delivered</c>, <c>acknowledged</c> (its answer), <c>verified</c> (read back; of the bouncers:
/// every live one has said that it holds it) or <c>not_delivered</c>; <c>enforced</c> (first, where requests pass); <c>expired</c> or <c>undone</c>; then <c>undo_delivered</c>, <c>undo_acknowledged</c>, <c>undo_verified</c>.
/// </param>
/// <param name="At">When it was recorded (UTC).</param>
/// <param name="Actor">Who; null where nobody in particular did it.</param>
/// <param name="Target">The enforcer, or <c>bouncers</c> for all that follow the feed; null where none is meant.</param>
public sealed record DecisionStep(DateTime At, string Step, string? Actor, string? Reason, string? Target);

/// <summary>Which decisions in force; what is null does not matter.</summary>
/// <param name="Rule">Name of the playbook's rule.</param>
/// <param name="Since">In force since then or later (UTC).</param>
/// <param name="Tenants">Only of these; empty: of all.</param>
public sealed record DecisionFilter(string? Rule, DateTime? Since, IReadOnlyList<string> Tenants);

/// <summary>The store's view of decisions in force. Every change of state takes a new feed sequence and a ledger entry, in one transaction. Thread-safe.</summary>
public interface IDecisionStore
{
    /// <summary>
    /// Entries with a sequence after <paramref name="afterSequence"/>, in order. A decision appears once, at its latest change. From 0: only those in force
    /// (a full copy needs no tombstones).
    /// </summary>
    /// <param name="tenantId">Null for all tenants.</param>
    /// <param name="simulated">Dry runs too, which are left out otherwise. They have no tombstones: each is over at its expiry.</param>
    IReadOnlyList<DecisionEntry> Feed(long afterSequence, string? tenantId, int most, bool simulated = false);

    /// <summary>As <see cref="Feed"/>, unread: a whole copy is asked for at every start of an enforcer.</summary>
    IReadOnlyList<DecisionFeedRow> FeedRows(long afterSequence, string? tenantId, int most, bool simulated = false);

    /// <summary>The newest feed sequence.</summary>
    long FeedHead { get; }

    DecisionEntry? Find(string id);

    /// <summary>All decisions in force at <paramref name="now"/>; what a reconnected enforcer is written anew from.</summary>
    IReadOnlyList<DecisionEntry> Active(DateTime now);

    /// <summary>Those in force at <paramref name="now"/> against this value in this tenant, of whatever type and scope.</summary>
    IReadOnlyList<DecisionEntry> Against(string tenantId, string value, DateTime now);

    /// <summary>Turns decisions whose expiry has passed into tombstones, and refuses those nobody has approved in time; returns how many.</summary>
    int Expire(DateTime now, int most);

    /// <summary>
    /// Ends a decision in force by hand: tombstone, undo deliveries, ledger entry, and a cool-off in which none like it takes effect. False when it was not in force.
    /// </summary>
    bool Undo(string id, string actor, string reason);

    /// <summary>As <see cref="Undo"/>, for up to <paramref name="most"/> that fit; returns how many. To be called until it returns 0.</summary>
    int Undo(DecisionFilter filter, string actor, string reason, int most);

    /// <summary>Those that wait for a person, oldest first.</summary>
    /// <param name="tenantId">Null for all tenants.</param>
    IReadOnlyList<HeldDecision> Held(string? tenantId, int most);

    /// <summary>
    /// Takes in what a person asks for, and its ledger entries, in one transaction. The guards judge it as any other, but for two: an earlier undo keeps nobody from
    /// asking, and who asks needs no approval, except of what is aimed at everybody of a tenant (<see cref="ApprovalOptions.Tenants"/>).
    /// </summary>
    Admission Request(Decision decision, string actor, string reason);

    /// <summary>
    /// Puts a waiting decision in force, unless a guard refuses it even so: then it is refused. Null when it does not wait; <see cref="DecisionState.Held"/> when who approves
    /// it is who asked for it.
    /// </summary>
    Admission? Approve(string id, string actor, string reason);

    /// <summary>Refuses a waiting decision. False when it does not wait.</summary>
    bool Refuse(string id, string actor, string reason);

    /// <summary>What has become of a decision, oldest first; empty when there is no such decision.</summary>
    IReadOnlyList<DecisionStep> Life(string id);

    /// <summary>
    /// Adds what an enforcer did to the decisions' tallies, with a ledger entry for the first enforcement of each (of a dry run none). One transaction: a report
    /// that got no answer MUST be sent again with its number, and is counted once.
    /// </summary>
    /// <param name="tenants">Only decisions of these; empty for all tenants.</param>
    EnforcementReceipt Report(EnforcementBatch batch, IReadOnlyList<string> tenants);
}
