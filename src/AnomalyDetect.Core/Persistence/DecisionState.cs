namespace AnomalyDetect.Core.Persistence;

/// <summary>Where a decision stands.</summary>
public enum DecisionState : byte
{
    /// <summary>Decided and recorded; in force for whoever enforces from the feed, and on its way to enforcers.</summary>
    Active,

    /// <summary>Dry run: recorded, and in the feed only for whoever asks for dry runs in order to count what they would have done. Never enforced.</summary>
    Simulated,

    /// <summary>Its time has passed.</summary>
    Expired,

    /// <summary>Ended by hand.</summary>
    Undone,
}
