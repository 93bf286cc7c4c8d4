using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Persistence;

/// <summary>That enforcement is halted.</summary>
/// <param name="Since">UTC.</param>
/// <param name="TenantId">In this tenant; null: in all.</param>
public sealed record Halt(DateTime Since, string Actor, string Reason, string? TenantId = null)
{
    /// <summary>As the record says it of each decision.</summary>
    public string Why => TenantId is null ? $"all enforcement is halted: {Reason}" : $"enforcement in {TenantId} is halted: {Reason}";
}

/// <summary>What came of a call to protect something.</summary>
/// <param name="Undone">Decisions in force against it that were undone.</param>
/// <param name="Refused">Decisions against it that were waiting and are refused.</param>
public sealed record ProtectionReceipt(Protection Protection, int Undone, int Refused);

/// <summary>What holds enforcement back: durable, each change with its ledger entry in one transaction. Thread-safe.</summary>
public interface IGuardStore
{
    /// <summary>Protections kept at most.</summary>
    const int MostProtections = 10_000;

    GuardOptions Options { get; }

    /// <summary>Those that hold now, oldest first.</summary>
    IReadOnlyList<Protection> Protections { get; }

    /// <summary>Protects something from now on, and ends in the same transaction what stands or waits against it. Null when there is no room for more.</summary>
    ProtectionReceipt? Protect(string? tenantId, DecisionScope kind, string value, DateTime? expiresAt, string actor, string reason);

    /// <summary>False when there is no such protection.</summary>
    bool Unprotect(string id, string actor, string reason);

    /// <summary>Why nothing is to be done against the decision's value; null when it may.</summary>
    string? WhyProtected(Decision decision, DateTime now);

    /// <summary>Of all enforcement; null while it runs, be it halted in some tenants.</summary>
    Halt? Halted { get; }

    /// <summary>Those of single tenants, by tenant.</summary>
    IReadOnlyList<Halt> HaltedTenants { get; }

    /// <summary>What holds enforcement in a tenant back: the halt of all, or its own; null while it runs there.</summary>
    Halt? HaltedIn(string tenantId);

    /// <summary>
    /// Halts enforcement in every tenant or in one, durably, when it returns: from then on no decision there takes effect, none in force is handed to an enforcer and the feed
    /// shows none. What is in force MUST be withdrawn by calling <see cref="Withdraw"/> until it returns 0, also after a crash. False when it was halted already.
    /// </summary>
    /// <param name="tenantId">Null: in all.</param>
    bool Halt(string actor, string reason, string? tenantId = null);

    /// <summary>
    /// Ends one halt, of all or of a tenant; others go on. Where none is left new decisions take effect again; what was withdrawn stays undone. False when there was no such halt.
    /// </summary>
    bool Resume(string actor, string reason, string? tenantId = null);

    /// <summary>Where it is halted, undoes up to <paramref name="most"/> decisions in force and refuses as many waiting ones; returns how many.</summary>
    int Withdraw(int most);
}
