using System.Text.RegularExpressions;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Response.Webhooks;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Options;

/// <summary>Checks every option and reports every problem, each with its path. Never repeats a secret or a URL.</summary>
public static partial class ResponseOptionsValidator
{
    public static IReadOnlyList<string> Validate(ResponseOptions options)
    {
        var errors = new List<string>();
        for (var i = 0; i < options.Webhooks.Count; i++) CheckWebhook(options.Webhooks[i], $"response.webhooks[{i}]", errors);
        if (options.Redis is { } redis) CheckRedis(redis, "response.redis", errors);
        CheckRetry(options.Retry, "response.retry", errors);
        Between(options.ExpirySweep, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), "response.expiry_sweep", errors);
        Between(options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1), "response.drain_timeout", errors);

        var names = options.Webhooks.Select(w => w.Name).Concat(options.Redis is null ? [] : [options.Redis.Name]);
        errors.AddRange(names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => $"response: {g.Count()} targets are named '{Printable.Of(g.Key)}'; names must differ"));
        return errors;
    }

    private static void CheckWebhook(WebhookOptions webhook, string path, List<string> errors)
    {
        CheckName(webhook.Name, path, errors);
        if (!Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) || url.Host.Length == 0 || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            errors.Add($"{path}.url: must be an absolute https:// URL");
        else if (url.UserInfo.Length > 0)
            errors.Add($"{path}.url: must not hold a user name or password; the receiver checks the signature instead");
        else if (url.Scheme == Uri.UriSchemeHttp && webhook.AllowedRanges.Count == 0)
            errors.Add($"{path}.url: plain http:// is only for receivers in allowed_ranges; use https:// or name the receiver's private range");

        if (webhook.Secrets.Count == 0) errors.Add($"{path}.secrets: needs at least one secret (whsec_ and the base64 of 24 to 64 random bytes)");
        for (var i = 0; i < webhook.Secrets.Count; i++)
            if (!StandardWebhookSigner.IsUsable(webhook.Secrets[i])) errors.Add($"{path}.secrets[{i}]: must be whsec_ and the base64 of 24 to 64 bytes");
        CheckRanges(webhook.AllowedRanges, $"{path}.allowed_ranges", errors);
        Between(webhook.Timeout, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), $"{path}.timeout", errors);
        if (webhook.MaxInFlight is < 1 or > 16) errors.Add($"{path}.max_in_flight: must be 1 to 16");
        if (!Enum.IsDefined(webhook.MinimumSeverity)) errors.Add($"{path}.minimum_severity: is no severity");
        if (webhook.Audiences.Any(a => !Enum.IsDefined(a))) errors.Add($"{path}.audiences: holds what is no audience");
    }

    private static void CheckRedis(RedisOptions redis, string path, List<string> errors)
    {
        CheckName(redis.Name, path, errors);
        if (!Prefix().IsMatch(redis.KeyPrefix)) errors.Add($"{path}.key_prefix: must be up to 64 characters of [A-Za-z0-9:._-]");
        if (!IsConfiguration(redis.Configuration)) errors.Add($"{path}.configuration: is no StackExchange.Redis configuration string naming a host, such as localhost:6379");
        Between(redis.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), $"{path}.connect_timeout", errors);
        Between(redis.CommandTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), $"{path}.command_timeout", errors);
        Between(redis.CheckInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), $"{path}.check_interval", errors);
        CheckRetry(redis.Retry, $"{path}.retry", errors);
    }

    private static void CheckRetry(RetryOptions retry, string path, List<string> errors)
    {
        Between(retry.Base, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), $"{path}.base", errors);
        Between(retry.Max, retry.Base, TimeSpan.FromDays(7), $"{path}.max", errors);
        Between(retry.DisableAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), $"{path}.disable_after", errors);
        if (retry.Factor is not (>= 1 and <= 100)) errors.Add($"{path}.factor: must be 1 to 100");
        if (retry.Jitter is not (>= 0 and <= 1)) errors.Add($"{path}.jitter: must be 0 to 1");
        if (retry.Attempts is < 1 or > 1000) errors.Add($"{path}.attempts: must be 1 to 1,000, or left out to try until it expires");
    }

    private static void CheckName(string name, string path, List<string> errors)
    {
        if (!TargetName().IsMatch(name)) errors.Add($"{path}.name: must be 1 to 64 characters of [a-z0-9_-]");
    }

    private static void CheckRanges(IReadOnlyList<string> ranges, string path, List<string> errors)
    {
        for (var i = 0; i < ranges.Count; i++)
            if (!AddressRange.TryParse(ranges[i], out _)) errors.Add($"{path}[{i}]: '{Printable.Of(ranges[i])}' is not an address or CIDR range");
    }

    private static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string path, List<string> errors)
    {
        if (value < least || value > most) errors.Add($"{path}: must be {least} to {most}, is {value}");
    }

    private static bool IsConfiguration(Secret configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration.Reveal()).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\A[a-z0-9_-]{1,64}\z")]
    private static partial Regex TargetName();

    [GeneratedRegex(@"\A[A-Za-z0-9:._-]{0,64}\z")]
    private static partial Regex Prefix();
}
