using System.Buffers.Text;
using System.Security.Cryptography;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Makes keys: <c>ad_</c> and 256 random bits. Only a key's SHA-256 is stored, so its text is shown once and never again.</summary>
public sealed class ApiKeys(IApiKeyStore store, TimeProvider time)
{
    public const string Prefix = "ad_";

    public bool Any => store.Any;

    public (ApiKey Key, string Text) Make(string name, IReadOnlyList<ApiRole> roles, IReadOnlyList<string> tenants)
    {
        var text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var id = "k" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        return (new ApiKey(id, name, [.. roles], [.. tenants], time.GetUtcNow().UtcDateTime, null), text);
    }

    /// <summary>From here on the key opens.</summary>
    public void Add(ApiKey key, string text, string actor) => store.Add(key, KeyAuthentication.HashOf(text), actor);

    public IReadOnlyList<ApiKey> List() => store.List();

    public bool Revoke(string id, string actor) => store.Revoke(id, actor);
}
