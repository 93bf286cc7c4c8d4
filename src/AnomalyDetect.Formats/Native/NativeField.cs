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
    private const int LongestName = 17;

    private static readonly string[] Text = [.. Enum.GetValues<NativeField>().Select(Names.Of)];

    /// <summary>Each name with its quotes and the colon.</summary>
    public static readonly byte[][] Keys = [.. Text.Select(name => Encoding.UTF8.GetBytes($"\"{name}\":"))];

    private static readonly NativeField[][] ByLength =
        [.. Enumerable.Range(0, LongestName + 1).Select(n => Enum.GetValues<NativeField>().Where(f => f != NativeField.Unknown && Text[(int)f].Length == n).ToArray())];

    /// <summary>Its value is a string.</summary>
    public static bool IsText(NativeField field) => field is < NativeField.Status and not (NativeField.Asn or NativeField.Unknown);

    public static string NameOf(NativeField field) => Text[(int)field];

    public static NativeField Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName) return NativeField.Unknown;
        foreach (var field in ByLength[name.Length])
            if (name.SequenceEqual(Keys[(int)field].AsSpan(1, name.Length))) return field;
        return NativeField.Unknown;
    }
}
