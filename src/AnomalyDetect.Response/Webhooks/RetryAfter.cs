using System.Net.Http.Headers;

namespace AnomalyDetect.Response.Webhooks;

/// <summary>Reads <c>Retry-After</c> (RFC 9110 §10.2.3): seconds, or an HTTP date, which is measured from the response's own <c>Date</c> where it has one.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var value = headers.RetryAfter;
        var wait = value?.Delta ?? (value?.Date - (headers.Date ?? now));
        return wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
