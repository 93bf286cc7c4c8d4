using System.Text;
using AnomalyDetect.Core;

namespace AnomalyDetect.Formats.Native;

/// <summary>The fields of the native event contract; each one's name there is its snake_case word.</summary>
internal enum NativeField : byte
{
    /// <summary>Not of the contract, or the start of an object.</summary>
    Unknown,
    Id, Time, TenantId, Type, Outcome, PrincipalId, SessionId, TokenId, DeviceId, SourceIp, UserAgent, Country, Asn, TargetTenantId, PartnerId,
    DelegationId, Scope, TenantContextId, Reason, DecisionId, Resource, Method, Status, DurationMs, Bytes, Count, Internal,
}

internal static class NativeFields
{
    private static readonly string[] Text = [.. Names.All<NativeField>()];

    /// <summary>Those that say from where somebody acts, one bit each: they stay the same from one event of a session to the next.</summary>
    public const uint Contexts =
        BeginContexts | (1u << (int)NativeField.UserAgent) | (1u << (int)NativeField.Country) | (1u << (int)NativeField.Asn);

    /// <summary>Those of them that a context may begin with.</summary>
    public const uint BeginContexts = MarkContexts | (1u << (int)NativeField.PrincipalId);

    /// <summary>Those that say what happened, and to whom.</summary>
    public const uint Heads = (1u << (int)NativeField.TenantId) | (1u << (int)NativeField.Type) | (1u << (int)NativeField.Outcome);

    /// <summary>What members that are known as a whole may begin with.</summary>
    public const uint BeginRuns = BeginContexts | (1u << (int)NativeField.TenantId);

    /// <summary>Those of them that tell one context from others. A principal has many, and one name may be of many tenants.</summary>
    public const uint MarkContexts =
        (1u << (int)NativeField.SessionId) | (1u << (int)NativeField.TokenId) | (1u << (int)NativeField.DeviceId) | (1u << (int)NativeField.SourceIp);

    private static readonly byte[][] Utf8 = Array.ConvertAll(Text, Encoding.UTF8.GetBytes);

    /// <summary>Its value is a string.</summary>
    public static bool IsText(NativeField field) => field is < NativeField.Status and not (NativeField.Asn or NativeField.Unknown);

    public static string NameOf(NativeField field) => Text[(int)field];

    public static NativeField Find(ReadOnlySpan<byte> name)
    {
        for (var n = (int)NativeField.Unknown + 1; n < Utf8.Length; n++)
            if (name.SequenceEqual(Utf8[n])) return (NativeField)n;
        return NativeField.Unknown;
    }
}
