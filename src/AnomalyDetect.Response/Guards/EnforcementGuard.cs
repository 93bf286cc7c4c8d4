using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Response.Guards;

internal enum GuardVerdict : byte
{
    InForce,

    /// <summary>Expired, undone or halted before its turn.</summary>
    Over,

    /// <summary>Must never be carried out.</summary>
    Refused,
}

/// <summary>
/// The last look before something is enforced, whatever was decided and admitted earlier: no dry run, nothing over or waiting, nothing protected, nothing while enforcement is
/// halted. What is configured or protected later takes effect here even for decisions made before.
/// </summary>
internal sealed class EnforcementGuard(IDecisionStore decisions, IGuardStore guards)
{
    /// <param name="reason">Why not; empty when in force.</param>
    public GuardVerdict Check(Decision decision, DateTime now, out string reason)
    {
        reason = "";
        if (decision.Simulated) return Refuse("would have acted: the decision is a dry run", out reason);
        if (guards.Options.DryRun.Contains(decision.Type)) return Refuse("would have acted: its type is a dry run", out reason);
        // Before what protects: a decision that a protection has undone is over, and nothing for the dead letter.
        var state = decisions.Find(decision.Id)?.State;
        if (state is DecisionState.Undone or DecisionState.Expired) return Over("undone or expired before its turn", out reason);
        if (guards.WhyProtected(decision, now) is { } protection) return Refuse(protection, out reason);
        if (decision.ExpiresAt <= now) return Over("expired", out reason);
        if (guards.HaltedIn(decision.TenantId) is { } halt) return Over(halt.Why, out reason);
        return state switch
        {
            DecisionState.Active => GuardVerdict.InForce,
            DecisionState.Simulated => Refuse("would have acted: the decision is a dry run", out reason),
            DecisionState.Held => Refuse("it waits for approval", out reason),
            DecisionState.Refused => Refuse("it was refused", out reason),
            _ => Refuse("the store does not know the decision", out reason),
        };
    }

    private static GuardVerdict Refuse(string text, out string reason)
    {
        reason = text;
        return GuardVerdict.Refused;
    }

    private static GuardVerdict Over(string text, out string reason)
    {
        reason = text;
        return GuardVerdict.Over;
    }
}
