using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Bouncer.Feed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer.Tests.Fixtures;

/// <summary>A service's decision feed on real Kestrel, that says what a test wants it to say.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, (long Sequence, JsonObject Row)> _entries = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _head;

    private FakeService()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _web = builder.Build();
        _web.MapGet("/v1/decisions", FeedAsync);
        _web.MapPost("/v1/decisions/enforced", ReportAsync);
    }

    public Uri Url => new(_web.Urls.Single());

    /// <summary>In place of any answer, while set.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>In place of taking a report, while set.</summary>
    public Func<HttpContext, Task>? InsteadOfTaking { get; set; }

    /// <summary>The query strings asked with.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The bodies of reports, as they came.</summary>
    public ConcurrentQueue<string> Reports { get; } = new();

    public ConcurrentQueue<string> Keys { get; } = new();

    public static async Task<FakeService> StartAsync()
    {
        var service = new FakeService();
        await service._web.StartAsync();
        return service;
    }

    public void Put(params ReadOnlySpan<Decision> decisions)
    {
        foreach (var decision in decisions)
        {
            var row = JsonSerializer.SerializeToNode(decision, ContractJson.Default.Decision)!.AsObject();
            Put(decision.Id, decision.Simulated ? "simulated" : "active", row);
        }
    }

    public void Put(string id, string state, JsonObject row)
    {
        lock (_lock)
        {
            row["state"] = state;
            row["seq"] = ++_head;
            _entries[id] = (_head, row);
            Changed();
        }
    }

    public void End(Decision decision, string state = "undone")
    {
        lock (_lock) Put(decision.Id, state, (JsonObject)_entries[decision.Id].Row.DeepClone());
    }

    /// <summary>As when the store is put back from an older copy of it.</summary>
    public void GoBackTo(long head)
    {
        lock (_lock)
        {
            _head = head;
            foreach (var id in _entries.Where(e => e.Value.Sequence > head).Select(e => e.Key).ToList()) _entries.Remove(id);
            Changed();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _web.DisposeAsync();
    }

    private void Changed()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task FeedAsync(HttpContext context, long after, int wait, int limit, bool simulated = false)
    {
        Asked.Enqueue(context.Request.QueryString.Value!);
        Keys.Enqueue(context.Request.Headers.Authorization.ToString());
        if (Instead is { } instead)
        {
            await instead(context);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, context.RequestAborted);
        stop.CancelAfter(TimeSpan.FromSeconds(wait));
        while (true)
        {
            (JsonArray Rows, long Next, long Head) page;
            Task changed;
            lock (_lock) (page, changed) = (Page(after, limit, simulated), _changed.Task);
            if (page.Rows.Count == 0 && page.Head >= after && !stop.IsCancellationRequested)
            {
                await changed.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var answer = new JsonObject { ["decisions"] = page.Rows, ["next"] = page.Next, ["head"] = page.Head };
            await context.Response.WriteAsync(answer.ToJsonString(), CancellationToken.None);
            return;
        }
    }

    private (JsonArray Rows, long Next, long Head) Page(long after, int limit, bool simulated)
    {
        if (_head < after) return ([], 0, _head);
        var rows = _entries.Values.Where(e => e.Sequence > after && (simulated || (string?)e.Row["state"] != "simulated") && (after > 0 || (string?)e.Row["state"] is not ("undone" or "expired")))
            .OrderBy(e => e.Sequence).Take(limit).ToList();
        var next = rows.Count < limit ? _head : rows[^1].Sequence;
        return ([.. rows.Select(r => r.Row.DeepClone())], next, _head);
    }

    private async Task ReportAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        Reports.Enqueue(await reader.ReadToEndAsync());
        if (InsteadOfTaking is { } instead) await instead(context);
        else await context.Response.WriteAsync("{}");
    }
}
