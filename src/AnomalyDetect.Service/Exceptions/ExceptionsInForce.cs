using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Exceptions;

/// <summary>
/// The exceptions lanes go by: those of the configuration and those granted on alerts. A change is on record before lanes take it, so a crash between the two ends
/// with the next start going by the record; the same call again does as well. Thread-safe.
/// </summary>
public sealed class ExceptionsInForce(IReadOnlyList<AlertException> configured, IAlertCaseStore store, TimeProvider time)
{
    public static readonly string TooMany = $"There are {IAlertCaseStore.MostExceptions} exceptions in force already; end some, or write one for a whole range into detection.exceptions.";

    private readonly Lock _changing = new();
    private volatile IReadOnlyList<AlertException> _now = Read(configured, store, time);
    private Action? _changed;

    public IReadOnlyList<AlertException> Now => _now;

    /// <param name="changed">Has the lanes take <see cref="Now"/>.</param>
    public void Start(Action changed) => _changed = changed;

    /// <summary>As <see cref="IAlertCaseStore.Except"/>, and has the lanes take it.</summary>
    /// <exception cref="InvalidOperationException">There are too many.</exception>
    public GrantedException? Grant(string alertId, DateTime until, string actor, string reason)
    {
        lock (_changing)
        {
            var granted = store.Except(alertId, until, actor, reason, Room(configured));
            if (granted is not null) Take();
            return granted;
        }
    }

    /// <summary>As <see cref="IAlertCaseStore.EndException"/>, and has the lanes take it.</summary>
    public bool End(string id, string actor, string reason)
    {
        lock (_changing)
        {
            if (!store.EndException(id, actor, reason)) return false;
            Take();
            return true;
        }
    }

    /// <summary>How many granted ones there may be beside a new one.</summary>
    internal static int Room(IReadOnlyList<AlertException> configured) => IAlertCaseStore.MostExceptions - configured.Count - 1;

    private void Take()
    {
        _now = Read(configured, store, time);
        _changed?.Invoke();
    }

    private static IReadOnlyList<AlertException> Read(IReadOnlyList<AlertException> configured, IAlertCaseStore store, TimeProvider time) =>
        [.. configured, .. store.Exceptions(time.GetUtcNow().UtcDateTime).Select(x => x.ToException())];
}
