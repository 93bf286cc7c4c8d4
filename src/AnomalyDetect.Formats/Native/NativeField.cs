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
    private static readonly string[] Text = [.. Names.All<NativeField>()];

    /// <summary>Those that say from where somebody acts, one bit each: they stay the same from one event of a session to the next.</summary>
    public const uint Contexts =
        BeginContexts | (1u << (int)NativeField.PrincipalId) | (1u << (int)NativeField.UserAgent) | (1u << (int)NativeField.Country) | (1u << (int)NativeField.Asn);

    /// <summary>Those of them that tell one context from others.</summary>
    public const uint BeginContexts =
        (1u << (int)NativeField.SessionId) | (1u << (int)NativeField.TokenId) | (1u << (int)NativeField.DeviceId) | (1u << (int)NativeField.SourceIp);

    /// <summary>Each name with its quotes and the colon.</summary>
    public static readonly byte[][] Keys = [.. Text.Select(name => Encoding.UTF8.GetBytes($"\"{name}\":"))];

    /// <summary>Each key with zeros behind it, and a mask of the bytes that are its own.</summary>
    private static readonly PaddedKey[] Padded = Array.ConvertAll(Keys, key => new PaddedKey(key));

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

    public static NativeField Find(ReadOnlySpan<byte> name)
    {
        for (var n = (int)NativeField.Unknown + 1; n < Keys.Length; n++)
        {
            var key = Keys[n];
            if (name.Length == key.Length - 3 && name.SequenceEqual(key.AsSpan(1, name.Length))) return (NativeField)n;
        }

        return NativeField.Unknown;
    }

    private readonly struct PaddedKey
    {
        public readonly Vector256<byte> Bytes, Mask;

        public PaddedKey(byte[] key)
        {
            Span<byte> padded = stackalloc byte[Vector256<byte>.Count];
            key.CopyTo(padded);
            Bytes = Vector256.Create<byte>(padded);
            padded[..key.Length].Fill(0xff);
            Mask = Vector256.Create<byte>(padded);
        }
    }
}
