namespace AnomalyDetect.Core.Events;

/// <summary>What happened. The order is part of the checkpoint format: append only.</summary>
public enum EventType : byte
{
    Login, Logout, SessionStart, ApiCall, TokenValidation, TokenIssue, MfaChallenge, DelegationGrant, DelegationUse, PolicyDecision, ConfigChange,
}

/// <summary>How it ended.</summary>
public enum EventOutcome : byte
{
    Success, Failure, Denied,
}

/// <summary>Why it failed. <see cref="Other"/> stands for any reason this version does not know.</summary>
public enum FailureReason : byte
{
    None, BadPassword, UnknownUser, InvalidClaim, BadSignature, Expired, Revoked, UnauthorizedScope, UserRejected, Policy, Other,
}
