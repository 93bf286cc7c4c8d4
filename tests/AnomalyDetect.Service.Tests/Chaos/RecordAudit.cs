using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>Whether the store holds what it said it would, once each, and the receiver was told the same.</summary>
internal static class RecordAudit
{
    /// <summary>Of every attack that was taken in, exactly its decisions; and of tenants in dry run only dry runs.</summary>
    public static IEnumerable<string> Expected(StoredRecord store, IReadOnlyCollection<ExpectedDecision> expected)
    {
        var made = store.Decisions.CountBy(d => new ExpectedDecision(d.Decision.TenantId, d.Decision.Type, d.Decision.Value)).ToDictionary();
        foreach (var (decision, times) in expected.CountBy(e => e))
            if (made.GetValueOrDefault(decision) != times) yield return $"{decision} was made {made.GetValueOrDefault(decision)} times and not {times}";
        var known = expected.ToHashSet();
        foreach (var (decision, state) in store.Decisions.Select(d => (d.Decision, d.State)))
        {
            if (!known.Contains(new ExpectedDecision(decision.TenantId, decision.Type, decision.Value))) yield return $"nobody had expected {decision}";
            var rehearsed = decision.TenantId.StartsWith(Attacks.Rehearsal, StringComparison.Ordinal);
            if (rehearsed != (state == DecisionState.Simulated)) yield return $"{decision.Id} of {decision.TenantId} is {state}";
        }
    }

    /// <summary>What the operator was told has been done.</summary>
    public static IEnumerable<string> Said(StoredRecord store, OperatorAtWork operators)
    {
        var states = store.Decisions.ToDictionary(d => d.Decision.Id, d => d.State, StringComparer.Ordinal);
        foreach (var id in operators.Undone)
            if (states[id] != DecisionState.Undone) yield return $"{id} was undone, and is {states[id]}";
        foreach (var id in operators.Refused)
            if (states[id] != DecisionState.Refused) yield return $"{id} was refused, and is {states[id]}";
        foreach (var id in operators.Approved)
            if (states[id] is DecisionState.Held or DecisionState.Simulated) yield return $"{id} was approved, and is {states[id]}";
        foreach (var (tenant, value) in operators.Protected)
            foreach (var decision in store.InForce(DateTime.UtcNow).Where(d => d.TenantId == tenant && d.Value == value))
                yield return $"{decision.Id} stands against {value}, which is protected";
        foreach (var head in operators.Heads)
            if (!store.Hashes.Contains(head)) yield return $"the ledger has lost its entry {head}";
    }

    /// <summary>Each message once in the outbox, at the receiver as often as need be, and always the same.</summary>
    public static IEnumerable<string> Messages(StoredRecord store, IReadOnlyList<ReceivedRequest> requests)
    {
        var received = requests.GroupBy(r => r["webhook-id"]).ToDictionary(g => g.Key, g => g.Select(r => Convert.ToHexString(r.Body)).ToHashSet(StringComparer.Ordinal));
        var sent = store.Deliveries.Where(d => d.Kind == DeliveryKind.Notify).ToDictionary(d => d.Subject, StringComparer.Ordinal);
        foreach (var (id, bodies) in received)
        {
            if (bodies.Count > 1) yield return $"the message {id} came with {bodies.Count} bodies";
            if (!sent.TryGetValue(id, out var delivery)) yield return $"the message {id} is not in the outbox";
            else if (!bodies.Contains(Convert.ToHexString(delivery.Body))) yield return $"the message {id} came with another body than the outbox has";
        }

        foreach (var delivery in sent.Values)
        {
            // That something waits for approval is not told any more once it has been answered.
            if (delivery.State == DeliveryState.Expired && delivery.Subject.EndsWith("_held", StringComparison.Ordinal)) continue;
            if (delivery.State != DeliveryState.Delivered) yield return $"the message {delivery.Id} is {delivery.State}: {delivery.Result}";
            else if (!received.ContainsKey(delivery.Subject)) yield return $"the message {delivery.Id} never came";
        }
    }

    public static IEnumerable<string> Deliveries(StoredRecord store) => store.Deliveries
        .Where(d => d.State is DeliveryState.Pending or DeliveryState.Dead).Select(d => $"{d.Id} is {d.State}: {d.Result}");
}
