using System.Buffers.Text;
using System.Security.Cryptography;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Makes and rotates keys: <c>ad_</c> and 256 random bits. Only a key's SHA-256 is stored, so its text is shown once and never again.</summary>
public sealed class ApiKeys(IApiKeyStore store, TimeProvider time, KeyUsage? usage = null)
{
    public const string Prefix = "ad_";

    /// <summary>How long the text before a rotation stays good where nobody says.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromDays(1);

    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(30);

    public bool Any => store.Any;

    public (ApiKey Key, string Text) Make(string name, IReadOnlyList<ApiRole> roles, IReadOnlyList<string> tenants, DateTime? expiresAt = null)
    {
        var id = "k" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        return (new ApiKey(id, name, [.. roles], [.. tenants], time.GetUtcNow().UtcDateTime, null) { ExpiresAt = expiresAt }, NewText());
    }

    /// <summary>From here on the key opens.</summary>
    public void Add(ApiKey key, string text, string actor) => store.Add(key, KeyAuthentication.HashOf(text), actor);

    /// <summary>Another text for the same key; the one before stays good for <paramref name="grace"/>. Null when no such key is in force.</summary>
    public (ApiKey Key, string Text)? Rotate(string id, TimeSpan grace, string actor)
    {
        var text = NewText();
        return store.Rotate(id, KeyAuthentication.HashOf(text), (time.GetUtcNow() + grace).UtcDateTime, actor) is { } key ? (key, text) : null;
    }

    public IReadOnlyList<ApiKey> List() => [.. store.List().Select(k => usage?.Of(k.Id) is { } at && !(k.LastUsedAt > at) ? k with { LastUsedAt = at } : k)];

    public bool Revoke(string id, string actor) => store.Revoke(id, actor);

    private static string NewText() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
