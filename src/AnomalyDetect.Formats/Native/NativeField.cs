using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Each key with zeros behind it, and a mask of the bytes that are its own.</summary>
    private static readonly (Vector256<byte> Bytes, Vector256<byte> Mask)[] Padded = [.. Keys.Select(key =>
        (Pad(key), Pad([.. Enumerable.Repeat((byte)0xff, key.Length)])))];

    private static readonly NativeField[][] ByLength =
        [.. Enumerable.Range(0, LongestName + 1).Select(n => Enum.GetValues<NativeField>().Where(f => f != NativeField.Unknown && Text[(int)f].Length == n).ToArray())];

    /// <summary>Its value is a string.</summary>
    public static bool IsText(NativeField field) => field is < NativeField.Status and not (NativeField.Asn or NativeField.Unknown);

    public static string NameOf(NativeField field) => Text[(int)field];

    /// <summary>
    /// The key of <paramref name="field"/>, with its quotes and the colon, begins at <paramref name="position"/> and ends before <paramref name="end"/>; of none
    /// it is false.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StandsAt(ReadOnlySpan<byte> buffer, int position, int end, NativeField field)
    {
        if (field == NativeField.Unknown) return false;
        if (position + Vector256<byte>.Count > end) return buffer[position..end].StartsWith(Keys[(int)field]);
        ref readonly var key = ref Padded[(int)field];
        return (Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(buffer), (nuint)position) & key.Mask) == key.Bytes;
    }

    private static Vector256<byte> Pad(byte[] bytes)
    {
        Span<byte> padded = stackalloc byte[Vector256<byte>.Count];
        bytes.CopyTo(padded);
        return Vector256.Create<byte>(padded);
    }

    public static NativeField Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName) return NativeField.Unknown;
        foreach (var field in ByLength[name.Length])
            if (name.SequenceEqual(Keys[(int)field].AsSpan(1, name.Length))) return field;
        return NativeField.Unknown;
    }
}
