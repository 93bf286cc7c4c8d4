using System.Collections.Concurrent;

namespace AnomalyDetect.Storage.Deliveries;

/// <summary>
/// Targets whose queue is at rest and takes what comes next at once. Only ever a reason to call more handed out than was: then the enforcement finds its decision
/// over and is not sent, and its undo finds nothing to undo.
/// </summary>
internal sealed class ExpectantTargets
{
    // As many as are configured.
    private readonly ConcurrentDictionary<string, bool> _targets = new(StringComparer.Ordinal);

    internal bool Has(string target) => _targets.ContainsKey(target);

    internal void Set(string target, bool isAtRest)
    {
        if (isAtRest) _targets[target] = true;
        else _targets.TryRemove(target, out _);
    }
}
