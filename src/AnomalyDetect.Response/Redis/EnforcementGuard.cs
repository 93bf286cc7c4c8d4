using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Response.Redis;

internal enum GuardVerdict : byte
{
    InForce,

    /// <summary>Expired, or undone before its turn.</summary>
    Over,

    /// <summary>Must never be carried out.</summary>
    Refused,
}

/// <summary>
/// The last look before something is enforced, whatever was decided earlier: no dry run, nothing over, no address that is never a target. A configured
/// range takes effect here even for decisions made before it was configured.
/// </summary>
internal sealed class EnforcementGuard(IDecisionStore decisions, IReadOnlyList<AddressRange> never)
{
    private readonly AddressRange[] _never = [.. AddressRange.NeverPublic, .. never];

    /// <param name="reason">Why not; empty when in force.</param>
    public GuardVerdict Check(Decision decision, DateTime now, out string reason)
    {
        reason = "";
        if (decision.Simulated) return Refuse("would have acted: the decision is a dry run", out reason);
        if (decision.Type == DecisionType.BlockIp)
        {
            if (!AddressRange.TryParse(decision.Value, out var block)) return Refuse("its value is not an address", out reason);
            if (_never.FirstOrDefault(range => Overlap(range, block)) is { First.IsNone: false } hit) return Refuse($"{hit} is never a target", out reason);
        }

        if (decision.ExpiresAt <= now) return Over("expired", out reason);
        return decisions.Find(decision.Id) switch
        {
            { State: DecisionState.Active } => GuardVerdict.InForce,
            { State: DecisionState.Simulated } => Refuse("would have acted: the decision is a dry run", out reason),
            null => Refuse("the store does not know the decision", out reason),
            _ => Over("undone or expired before its turn", out reason),
        };
    }

    private static bool Overlap(AddressRange a, AddressRange b) => a.Contains(b.First) || b.Contains(a.First);

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
