extern alias core;

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;
using ApprovalOptions = core::AnomalyDetect.Core.Guards.ApprovalOptions;
using CoreDecision = core::AnomalyDetect.Core.Playbooks.Decision;
using Outcome = core::AnomalyDetect.Core.Lanes.Outcome;
using Persistence = core::AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Bouncer.Tests.Fixtures;

/// <summary>The whole AnomalyDetect service in process, with enforcement on.</summary>
internal sealed class RealService : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private long _committed;

    public ServiceHost Host { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public Uri Url => new(Host.Urls[0]);

    public static async Task<RealService> StartAsync(bool enforce = true)
    {
        var service = new RealService();
        var settings = ConfigFile.Load(null, options => options with
        {
            DataDirectory = service._directory["data"],
            Http = options.Http with { Urls = ["http://127.0.0.1:0"] },
            Logging = new LoggingSection { Level = LogLevel.None },
            // What waits for a person is nothing a bouncer sees, and not what these tests are about.
            Response = options.Response with { Enforce = enforce, Guards = options.Response.Guards with { Approval = new ApprovalOptions { Types = [], Tenants = false } } },
        });
        service.Host = await ServiceHost.StartAsync(settings, TimeProvider.System);
        service.Admin = new HttpClient { BaseAddress = service.Url, Timeout = TimeSpan.FromSeconds(60) };
        service.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(service.Host.Data.AdminKeyFile)).Trim());
        return service;
    }

    /// <summary>A key of role <c>enforcer</c>.</summary>
    public string EnforcerKey(params string[] tenants)
    {
        var keys = new ApiKeys(Host.Store.ApiKeys, TimeProvider.System);
        var (key, text) = keys.Make("bouncer", [Persistence::ApiRole.Enforcer], tenants);
        keys.Add(key, text, "test");
        return text;
    }

    /// <summary>Decisions as a lane hands them to the store.</summary>
    public void Decide(params IEnumerable<CoreDecision> decisions)
    {
        var outcome = new Outcome();
        outcome.Decisions.AddRange(decisions);
        Host.Store.Lanes.Commit([new Persistence::LaneCommit("test", ++_committed, outcome, [])]);
    }

    /// <summary>Fifteen forged tokens from one address, a tenth of a second apart, half a minute ago.</summary>
    public async Task AttackAsync(string tenant, string address)
    {
        var from = DateTime.UtcNow.AddSeconds(-30);
        var events = string.Concat(Enumerable.Range(0, 15).Select(i =>
            $$"""{"id":"f-{{address}}-{{i}}","time":"{{from.AddMilliseconds(100 * i):yyyy-MM-ddTHH:mm:ss.fffZ}}","tenant_id":"{{tenant}}","type":"token_validation","outcome":"failure","reason":"bad_signature","source_ip":"{{address}}","principal_id":"p{{i}}"}""" + "\n"));
        using var content = new StringContent(events, Encoding.UTF8, "application/x-ndjson");
        using var answer = await Admin.PostAsync("/v1/events", content);
        Assert.AreEqual(202, (int)answer.StatusCode);
    }

    public async Task<JsonElement> DecisionAsync(string id) => JsonSerializer.Deserialize<JsonElement>(await Admin.GetByteArrayAsync($"/v1/decisions/{id}"));

    public async Task UndoAsync(string id)
    {
        using var content = new StringContent("""{"reason":"our own scanner"}""", Encoding.UTF8, "application/json");
        using var answer = await Admin.PostAsync($"/v1/decisions/{id}/undo", content);
        Assert.AreEqual(200, (int)answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Host.DisposeAsync();
        _directory.Dispose();
    }
}
