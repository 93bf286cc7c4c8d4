using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AnomalyDetect.Testing;

/// <summary>What a receiver does with a Standard Webhooks 1.0 message, written from the specification and apart from the signer.</summary>
public static class WebhookSignature
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Whether one of the signatures is of this secret, and the timestamp within 5 min of <paramref name="now"/>.</summary>
    /// <param name="secret"><c>whsec_</c> and base64.</param>
    public static bool IsValid(ReceivedRequest request, string secret, DateTimeOffset now)
    {
        var (id, timestamp) = (request["webhook-id"], request["webhook-timestamp"]);
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture));
        if ((now - sent).Duration() > Tolerance) return false;
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret["whsec_".Length..]));
        mac.AppendData(Encoding.UTF8.GetBytes(id));
        mac.AppendData("."u8);
        mac.AppendData(Encoding.UTF8.GetBytes(timestamp));
        mac.AppendData("."u8);
        mac.AppendData(request.Body);
        var expected = mac.GetHashAndReset();
        return request["webhook-signature"].Split(' ').Where(s => s.StartsWith("v1,", StringComparison.Ordinal))
            .Any(s => CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(s[3..]), expected));
    }
}
