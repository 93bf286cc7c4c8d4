using System.IO.Hashing;

namespace AnomalyDetect.Core.Events;

/// <summary>
/// One normalised thing that happened: who, in which tenant, to what, from where, how it ended. A decoder fills it in place inside an
/// <see cref="EventBatch"/>; afterwards nobody writes to it. Identifiers that key state are interned <see cref="Symbol"/>s, the rest are slices of the
/// batch's buffer. The fields are those of the native event contract.
/// </summary>
/// <remarks>
/// Events go from one processor to another, so they are kept small: texts share one buffer, and what is only ever compared is hashed where the text was just
/// read, so that whoever judges the event need not fetch it.
/// </remarks>
public struct TelemetryEvent
{
    private TextFields _texts;
    private ulong _key; // once the decoder has made it

    /// <summary>When it happened (UTC): the contract's <c>time</c>.</summary>
    public DateTime OccurredAt { get; set; }

    /// <summary>When it reached the broker or the journal (UTC); in files the running maximum of <see cref="OccurredAt"/>.</summary>
    public DateTime ObservedAt { get; set; }

    /// <summary>The record's offset in its log; with <see cref="Index"/> and the batch's partition its position.</summary>
    public long Offset { get; set; }

    /// <summary>Which event of its record this is, from 0.</summary>
    public int Index { get; set; }

    /// <summary>How many like events this one stands for, 1 to 10,000.</summary>
    public int Count { get; set; }

    public EventType Type { get; set; }

    public EventOutcome Outcome { get; set; }

    public FailureReason Reason { get; set; }

    /// <summary>Health checks and partner syncs: kept out of baselines and signals. Only set for sources trusted with it.</summary>
    public bool Internal { get; set; }

    /// <summary>Two upper-case letters packed as first × 256 + second; 0 when absent (ISO 3166-1 alpha-2).</summary>
    public ushort Country { get; set; }

    /// <summary>HTTP status of an API call; 0 when absent.</summary>
    public ushort Status { get; set; }

    /// <summary>The call failed by the server's own fault (5xx, RFC 9110 section 15.6), which says nothing of who made it.</summary>
    public readonly bool IsServerError => Status is >= 500 and < 600;

    /// <summary>Autonomous system number; 0 when absent.</summary>
    public uint Asn { get; set; }

    public int DurationMs { get; set; }

    public long Bytes { get; set; }

    public NetworkAddress SourceIp { get; set; }

    /// <summary>Unique per tenant.</summary>
    public TextSlice Id
    {
        readonly get => _texts[TextField.Id];
        set
        {
            _texts.Set(TextField.Id, value);
            _key = 0;
        }
    }

    /// <summary>The tenant whose principal acts.</summary>
    public Symbol Tenant
    {
        readonly get;
        set
        {
            field = value;
            _key = 0;
        }
    }

    /// <summary>What tells the event from all others of all tenants: XXH3-64 of its id under its tenant's hash, which is keyed with the installation's seed; never 0.</summary>
    public readonly ulong Key => _key != 0 ? _key : Math.Max(1, XxHash3.HashToUInt64(Id.Utf8, (long)Tenant.Hash));

    public Symbol? Principal { get; set; }

    public Symbol? Session { get; set; }

    public Symbol? Partner { get; set; }

    /// <summary>Whose resource it touches; another tenant's makes it cross-tenant.</summary>
    public Symbol? TargetTenant { get; set; }

    public TextSlice TokenId
    {
        readonly get => _texts[TextField.TokenId];
        set => SetTokenId(value, value.IsEmpty ? 0 : Symbol.HashOf(value.Utf8, 0));
    }

    /// <summary>Sets a token whose <see cref="TokenHash"/> is known from an earlier event.</summary>
    public void SetTokenId(TextSlice value, ulong hash)
    {
        _texts.Set(TextField.TokenId, value);
        TokenHash = hash;
    }

    /// <summary>XXH3-64 of <see cref="TokenId"/>; 0 without one.</summary>
    public ulong TokenHash { get; private set; }

    public TextSlice DeviceId
    {
        readonly get => _texts[TextField.DeviceId];
        set
        {
            _texts.Set(TextField.DeviceId, value);
            AgentMark = Agent.Fingerprint;
        }
    }

    public TextSlice UserAgent
    {
        readonly get => _texts[TextField.UserAgent];
        set
        {
            _texts.Set(TextField.UserAgent, value);
            if (DeviceId.IsEmpty) AgentMark = value.Fingerprint;
        }
    }

    /// <summary>What a person acts with: the device where the platform names it, else the user agent.</summary>
    public readonly TextSlice Agent => DeviceId is { IsEmpty: false } device ? device : UserAgent;

    /// <summary>The <see cref="TextSlice.Fingerprint"/> of <see cref="Agent"/>.</summary>
    public ulong AgentMark { get; private set; }

    public TextSlice DelegationId { readonly get => _texts[TextField.DelegationId]; set => _texts.Set(TextField.DelegationId, value); }

    public TextSlice Scope { readonly get => _texts[TextField.Scope]; set => _texts.Set(TextField.Scope, value); }

    public TextSlice TenantContextId { readonly get => _texts[TextField.TenantContextId]; set => _texts.Set(TextField.TenantContextId, value); }

    /// <summary>The decision of ours that caused this denial: such events are no evidence.</summary>
    public TextSlice DecisionId { readonly get => _texts[TextField.DecisionId]; set => _texts.Set(TextField.DecisionId, value); }

    public TextSlice Resource
    {
        readonly get => _texts[TextField.Resource];
        set
        {
            _texts.Set(TextField.Resource, value);
            ResourceMark = value.Fingerprint;
        }
    }

    /// <summary>The <see cref="TextSlice.Fingerprint"/> of <see cref="Resource"/>.</summary>
    public ulong ResourceMark { get; private set; }

    public TextSlice Method { readonly get => _texts[TextField.Method]; set => _texts.Set(TextField.Method, value); }

    /// <summary>Id and tenant are known: makes <see cref="Key"/> now, while the id's text is at hand.</summary>
    public void MakeKey() => _key = Key;

    /// <summary>Touches another tenant's resource.</summary>
    public readonly bool IsCrossTenant => TargetTenant is { } target && !target.Equals(Tenant);

    /// <summary>
    /// The identities were written by whoever knocked: the proof failed, so principal, session, token and partner are counted and never targeted.
    /// </summary>
    public readonly bool IdentitiesAreClaims =>
        Outcome != EventOutcome.Success && Reason is FailureReason.InvalidClaim or FailureReason.BadSignature or FailureReason.UnknownUser;
}
