using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Response.Options;

namespace AnomalyDetect.Response.Webhooks;

/// <summary>
/// The signature of Standard Webhooks 1.0: <c>v1,</c> and the base64 of HMAC-SHA256 over <c>id.timestamp.body</c>, one for each of the first
/// <see cref="WebhookOptions.SigningSecrets"/> secrets, with a space between.
/// </summary>
public sealed class StandardWebhookSigner
{
    private const string Prefix = "whsec_";
    private readonly byte[][] _keys;

    /// <exception cref="ArgumentException">A secret is not usable; which one, never what it holds.</exception>
    public StandardWebhookSigner(IReadOnlyList<Secret> secrets)
    {
        if (secrets.Count == 0) throw new ArgumentException("a webhook needs at least one secret", nameof(secrets));
        _keys = [.. secrets.Take(WebhookOptions.SigningSecrets).Select((secret, i) =>
            TryDecode(secret, out var key) ? key : throw new ArgumentException($"secret {i} is not whsec_ and the base64 of 24 to 64 bytes", nameof(secrets)))];
    }

    public static bool IsUsable(Secret secret) => TryDecode(secret, out _);

    /// <param name="id">The message's, the same on every attempt; holds no dot.</param>
    /// <param name="timestamp">Of this attempt, in seconds since 1970.</param>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(head.Length));
        return string.Join(' ', _keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }

    private static bool TryDecode(Secret secret, out byte[] key)
    {
        var text = secret.Reveal();
        key = [];
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var buffer = new byte[64];
        if (!Convert.TryFromBase64String(text[Prefix.Length..], buffer, out var length) || length < 24) return false;
        key = buffer[..length];
        return true;
    }
}
