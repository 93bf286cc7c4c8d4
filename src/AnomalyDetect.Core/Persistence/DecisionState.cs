namespace AnomalyDetect.Core.Persistence;

/// <summary>Where a decision stands. Append only: the numbers are stored.</summary>
public enum DecisionState : byte
{
    /// <summary>Decided, recorded and past the guards; in force for whoever enforces from the feed, and on its way to enforcers.</summary>
    Active,

    /// <summary>Dry run: recorded, and in the feed only for whoever asks for dry runs in order to count what they would have done. Never enforced.</summary>
    Simulated,

    /// <summary>Its time has passed.</summary>
    Expired,

    /// <summary>Ended by hand.</summary>
    Undone,

    /// <summary>Waits for a person's approval; nobody enforces it, and it is not in the feed.</summary>
    Held,

    /// <summary>Never took effect: a guard, a person or the time-out said no.</summary>
    Refused,
}
