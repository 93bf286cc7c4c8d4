using System.Globalization;

namespace AnomalyDetect.Service.Tests.Fixtures;

/// <summary>Native events as NDJSON.</summary>
internal static class Lines
{
    public static string Login(string id, string tenant, DateTime? at = null) =>
        $$"""{"id":"{{id}}","time":"{{Time(at ?? DateTime.UtcNow)}}","tenant_id":"{{tenant}}","type":"login","outcome":"success","principal_id":"ada"}""" + "\n";

    /// <summary>Forged tokens from one address, a tenth of a second apart.</summary>
    public static string Forged(string tenant, string address, int count, DateTime from, string prefix = "f") => string.Concat(Enumerable.Range(0, count).Select(i =>
        $$"""{"id":"{{prefix}}-{{address}}-{{i}}","time":"{{Time(from.AddMilliseconds(100 * i))}}","tenant_id":"{{tenant}}","type":"token_validation","outcome":"failure","reason":"bad_signature","source_ip":"{{address}}","principal_id":"p{{i}}"}""" + "\n"));

    public static string Time(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
