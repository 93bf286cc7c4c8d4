using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Service.Training;

/// <summary>
/// When whom an attack was confirmed of: those windows are no example of the ordinary. An alert that names principals covers theirs and the tenant's own; one that
/// names none (an address, a session) covers everybody's of the tenant, for any of them may have been the attacker.
/// </summary>
internal sealed class ConfirmedSpans
{
    private readonly record struct Span(long From, long To);

    private readonly Dictionary<(string Tenant, string? Principal), List<Span>> _spans = [];
    private readonly Dictionary<string, List<Span>> _everybody = new(StringComparer.Ordinal);
    private readonly long _window;

    /// <param name="windowMinutes">Length of the windows that are asked about.</param>
    public ConfirmedSpans(IEnumerable<JsonElement> confirmed, int windowMinutes)
    {
        _window = windowMinutes * TimeSpan.TicksPerMinute;
        foreach (var alert in confirmed)
        {
            var (tenant, span) = (alert.GetProperty("tenant_id").GetString()!, SpanOf(alert));
            List<string> principals = [.. PrincipalsOf(alert)];
            if (principals.Count == 0) Add(_everybody, tenant, span);
            foreach (var principal in principals) Add(_spans, (tenant, principal), span);
            Add(_spans, (tenant, null), span);
            Alerts++;
        }
    }

    public int Alerts { get; }

    /// <summary>Something of the window lies within a confirmed attack of its entity.</summary>
    public bool Covers(in FeatureRow row)
    {
        if (Alerts == 0) return false;
        var (from, to) = (row.Start, row.Start + _window);
        return (_spans.TryGetValue((row.Tenant.Text, row.Principal?.Text), out var own) && Meets(own, from, to))
            || (_everybody.TryGetValue(row.Tenant.Text, out var all) && Meets(all, from, to));
    }

    /// <summary>An alert that was waved away, of an entity and a time an attack was confirmed of: the confirmation counts.</summary>
    public bool Contradicts(JsonElement waved)
    {
        var (tenant, span) = (waved.GetProperty("tenant_id").GetString()!, SpanOf(waved));
        return PrincipalsOf(waved).Append(null).Any(p => (p is not null || !PrincipalsOf(waved).Any()) && _spans.TryGetValue((tenant, p), out var own) && Meets(own, span.From, span.To));
    }

    private static bool Meets(List<Span> spans, long from, long to) => spans.Exists(s => s.From < to && s.To > from);

    private static Span SpanOf(JsonElement alert)
    {
        long Ticks(string name) => alert.TryGetProperty(name, out var time) && time.TryGetDateTime(out var at) ? at.ToUniversalTime().Ticks : 0;
        return new Span(Ticks("window_start"), Math.Max(Math.Max(Ticks("window_end"), Ticks("last_seen_at")), Ticks("window_start") + 1));
    }

    private static IEnumerable<string> PrincipalsOf(JsonElement alert)
    {
        var named = alert.TryGetProperty("principal_id", out var principal) && principal.GetString() is { } id ? [id] : Array.Empty<string>();
        var drivers = alert.TryGetProperty("drivers", out var list)
            ? list.EnumerateArray().Where(d => d.GetProperty("kind").GetString() == Names.Of(EntityKind.Principal)).Select(d => d.GetProperty("id").GetString()!)
            : [];
        return named.Concat(drivers).Distinct(StringComparer.Ordinal);
    }

    private static void Add<TKey>(Dictionary<TKey, List<Span>> spans, TKey key, Span span)
        where TKey : notnull
    {
        if (!spans.TryGetValue(key, out var list)) spans.Add(key, list = []);
        list.Add(span);
    }
}
