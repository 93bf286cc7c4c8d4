using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Response.Deliveries;

public enum TargetKind : byte
{
    Webhook, Redis,
}

/// <summary>A notifier or enforcer. One queue works it, one round after another; within a round up to <see cref="MaxInFlight"/> deliveries at one time.</summary>
internal interface IDeliveryTarget : IAsyncDisposable
{
    string Name { get; }

    TargetKind Kind { get; }

    int MaxInFlight { get; }

    /// <summary>
    /// A failed delivery waits for the target and is tried again before later ones, and enforcements and undos never share a round; otherwise it waits by itself and later ones go first.
    /// </summary>
    bool KeepsOrder { get; }

    /// <summary>When <see cref="PrepareAsync"/> wants to run again though nothing is due.</summary>
    DateTime? NextCheck { get; }

    /// <summary>Raised when the target can be reached again; handlers must not block.</summary>
    event Action? Reachable;

    /// <summary>Runs before each round. True when it was in touch with the target just now. Throws when the target cannot be used.</summary>
    Task<bool> PrepareAsync(CancellationToken abort);

    /// <summary>One attempt. Failures are results; it throws only when cancelled by <paramref name="abort"/>, or when the store fails.</summary>
    Task<AttemptResult> SendAsync(Delivery delivery, CancellationToken abort);
}

internal enum AttemptOutcome : byte
{
    Delivered,

    /// <summary>Worth another try.</summary>
    Failed,

    /// <summary>Worth another try, and the target as a whole wants rest.</summary>
    SlowDown,

    /// <summary>The target wants nothing more, ever.</summary>
    Gone,

    /// <summary>Must not be sent, now or later.</summary>
    Refused,

    /// <summary>Its time has passed.</summary>
    Expired,
}

/// <param name="Text">What an enforcer said of it, or the error in one sentence; no secret, no raw text from outside.</param>
/// <param name="Verified">What the target was seen to hold afterwards; null where nobody can look.</param>
/// <param name="Since">When what it enforces was decided, for the latency metric.</param>
internal sealed record AttemptResult(AttemptOutcome Outcome, string Text, TimeSpan? RetryAfter = null, DateTime? Since = null, string? Verified = null);
