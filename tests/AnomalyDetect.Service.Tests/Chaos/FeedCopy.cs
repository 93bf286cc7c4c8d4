using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>An enforcer that follows the decision feed through everything, never asking for all of it again: what it misses once stays missing.</summary>
internal sealed class FeedCopy(SupervisedService service)
{
    private readonly ConcurrentDictionary<string, JsonElement> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = new();
    private volatile string? _newest;
    private long _next;

    /// <summary>Ids of the decisions it enforces.</summary>
    public ICollection<string> Held => _held.Keys;

    /// <summary>What no feed should have said.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>What came last, which may well be on its way to the other enforcers.</summary>
    public string? Newest => _newest;

    public string? Any(Random chance) => _held.Keys.ToList() is { Count: > 0 } ids ? ids[chance.Next(ids.Count)] : null;

    public JsonElement? Find(string id) => _held.TryGetValue(id, out var entry) ? entry : null;

    public async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var answer = await service.CallAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/v1/decisions?after={_next}&wait=1&limit=500"));
            if (answer is { Status: 200, Body: var body }) Take(JsonSerializer.Deserialize<JsonElement>(body));
            else await Task.Delay(50, CancellationToken.None);
        }
    }

    private void Take(JsonElement page)
    {
        var (next, head) = (page.GetProperty("next").GetInt64(), page.GetProperty("head").GetInt64());
        if (head < _next) _faults.Enqueue($"the feed's head fell from {_next} to {head}");
        foreach (var entry in page.GetProperty("decisions").EnumerateArray())
        {
            var id = entry.GetProperty("id").GetString()!;
            if (entry.GetProperty("seq").GetInt64() <= _next) _faults.Enqueue($"the feed repeats itself at {entry}");
            if (entry.GetProperty("simulated").GetBoolean()) _faults.Enqueue($"a dry run is in the feed: {entry}");
            if (entry.GetProperty("state").GetString() == "active") _held[_newest = id] = entry.Clone();
            else _held.TryRemove(id, out _);
        }

        Volatile.Write(ref _next, next);
    }
}
