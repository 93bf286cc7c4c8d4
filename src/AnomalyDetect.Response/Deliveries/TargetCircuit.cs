using AnomalyDetect.Response.Options;

namespace AnomalyDetect.Response.Deliveries;

/// <summary>
/// Whether a target may be tried now. It opens after <see cref="Threshold"/> failures in a row, or at once when the target asks to slow down; while open
/// nothing is sent; then a single probe decides. A disabled target stays so until <see cref="Enable"/>. Thread-safe; keeps nothing over a restart.
/// </summary>
public sealed class TargetCircuit(RetryOptions options, Func<double> chance)
{
    public const int Threshold = 5;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly Lock _lock = new();
    private readonly RetrySchedule _waits = new(
        new RetryOptions { Base = TimeSpan.FromSeconds(1), Factor = 2, Max = options.Max < Longest ? options.Max : Longest, Attempts = null, Jitter = options.Jitter / 2 }, chance);

    private int _failures;
    private int _openings;
    private DateTime? _openUntil;
    private DateTime? _failingSince;
    private string? _lastError;
    private string? _disabledReason;

    /// <summary>Since when nothing got through; null while healthy.</summary>
    public DateTime? FailingSince
    {
        get
        {
            lock (_lock) return _failingSince;
        }
    }

    /// <summary>Of the newest failure since the last success.</summary>
    public string? LastError
    {
        get
        {
            lock (_lock) return _lastError;
        }
    }

    /// <summary>Set while disabled.</summary>
    public string? DisabledReason
    {
        get
        {
            lock (_lock) return _disabledReason;
        }
    }

    public DateTime? OpenUntil
    {
        get
        {
            lock (_lock) return _openUntil;
        }
    }

    /// <summary>How many deliveries may be under way now: none while open or disabled, one as a probe, else <paramref name="most"/>.</summary>
    public int Allowance(DateTime now, int most)
    {
        lock (_lock)
        {
            if (_disabledReason is not null || _openUntil > now) return 0;
            return _openUntil is null ? most : 1;
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            (_failures, _openings, _openUntil, _failingSince, _lastError) = (0, 0, null, null, null);
        }
    }

    /// <param name="slowDown">Open at once, whatever came before.</param>
    /// <param name="retryAfter">What the target asked for: the least time to stay open, up to <see cref="RetryOptions.Max"/>.</param>
    public void Failed(DateTime now, string error, bool slowDown, TimeSpan? retryAfter = null)
    {
        lock (_lock)
        {
            _failingSince ??= now;
            _lastError = error;
            _failures++;
            // Several attempts in flight fail together: they open it once.
            var alreadyOpen = _openUntil > now;
            if (!slowDown && _failures < Threshold && _openUntil is null) return;
            if (!alreadyOpen) _openings++;
            var asked = retryAfter is { } after ? now + (after < options.Max ? after : options.Max) : now;
            var until = alreadyOpen ? _openUntil!.Value : now + _waits.Next(_openings, null)!.Value;
            _openUntil = until > asked ? until : asked;
        }
    }

    /// <summary>Something says the target can be reached again: probe now.</summary>
    public void Probe(DateTime now)
    {
        lock (_lock)
        {
            if (_openUntil > now) _openUntil = now;
        }
    }

    public void Disable(string reason)
    {
        lock (_lock) _disabledReason ??= reason;
    }

    public void Enable()
    {
        lock (_lock)
        {
            _disabledReason = null;
            (_failures, _openings, _openUntil, _failingSince, _lastError) = (0, 0, null, null, null);
        }
    }

    /// <summary>Nothing got through for so long that it is time to disable it.</summary>
    public bool IsHopeless(DateTime now)
    {
        lock (_lock) return _failingSince is { } since && now - since >= options.DisableAfter;
    }
}
