using System.Buffers;

namespace AnomalyDetect.Formats;

/// <summary>What a tenant may be called: <c>[A-Za-z0-9._-]{1,128}</c>.</summary>
public static class TenantName
{
    private const int Longest = 128;

    private static readonly SearchValues<byte> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"u8);

    public static bool IsValid(ReadOnlySpan<byte> utf8) => utf8.Length is > 0 and <= Longest && !utf8.ContainsAnyExcept(Allowed);
}
