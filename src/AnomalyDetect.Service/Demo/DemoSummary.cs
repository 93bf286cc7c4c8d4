using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Demo;

/// <summary>What came of it: found and missed, done and delivered, and whether the ledger is whole.</summary>
internal static class DemoSummary
{
    /// <returns>The exit code: 1 when an attack was missed or the ledger is not whole.</returns>
    public static int Write(TextWriter output, DemoState state, DemoVerdict verdict, LedgerVerdict ledger, DemoReceiver receiver)
    {
        var (alerts, decisions) = (state.Alerts(), state.Decisions());
        output.WriteLine();
        output.WriteLine($"{state.Events:N0} events of {state.Tenants} tenants came in");
        output.WriteLine($"{alerts.Count:N0} alerts: {string.Join(", ", alerts.GroupBy(a => a.Signal).OrderBy(g => g.Key).Select(g => $"{g.Count()} {Names.Of(g.Key)}"))}");
        output.WriteLine($"Attacks found: {verdict.Found} of {verdict.Attacks.Count}");
        foreach (var (attack, found) in verdict.Attacks)
            output.WriteLine(found is null
                ? $"  missed  {Names.Of(attack.Kind)} at {Printable.Of(attack.TenantId)}"
                : $"  found   {Names.Of(attack.Kind)}: {Printable.Of(found.Explanation)}");
        var wronged = verdict.LookAlikes.Count(l => l.Wronged is not null);
        output.WriteLine($"Benign look-alikes: {verdict.LookAlikes.Count} played, {wronged} enforced against");
        output.WriteLine($"{decisions.Count:N0} decisions: {string.Join(", ", decisions.GroupBy(d => d.Type).OrderBy(g => g.Key).Select(g => $"{g.Count()} {Names.Of(g.Key)}"))}");
        output.WriteLine($"{receiver.Messages:N0} notifications delivered by webhook, each signed{(receiver.Forged > 0 ? $"; {receiver.Forged} with a bad signature" : "")}");
        foreach (var line in state.Tally?.Lines() ?? []) output.WriteLine(line);
        output.WriteLine(ledger.Reason is null
            ? $"Ledger verified: {ledger.Entries:N0} entries, head {ledger.Head}"
            : $"Ledger NOT whole: {Printable.Of(ledger.Reason)}");
        return verdict.Found == verdict.Attacks.Count && ledger.Reason is null ? UserException.Done : UserException.Failed;
    }
}
