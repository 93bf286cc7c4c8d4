using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.Tests.Fixtures;

/// <summary>A whole service in process: real Kestrel on a free loopback port, real store and journal in a directory of its own.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<HttpClient> _clients = [];

    public ServiceHost Host { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public string Data => _directory["data"];

    public static async Task<RunningService> StartAsync(Func<ServiceOptions, ServiceOptions>? adjust = null, Func<Settings, Settings>? settings = null)
    {
        var service = new RunningService();
        var loaded = ConfigFile.Load(null, options =>
        {
            options = options with
            {
                DataDirectory = service.Data,
                Http = options.Http with { Urls = ["http://127.0.0.1:0"] },
                Logging = new LoggingSection { Level = LogLevel.None },
                Response = options.Response with { Enforce = true },
            };
            return adjust?.Invoke(options) ?? options;
        });
        service.Host = await ServiceHost.StartAsync(settings?.Invoke(loaded) ?? loaded, TimeProvider.System);
        service.Admin = service.Client((await File.ReadAllTextAsync(service.Host.Data.AdminKeyFile)).Trim());
        return service;
    }

    /// <summary>Stops in order and starts again on what is stored. Clients made before are for the address that was.</summary>
    public async Task RestartAsync()
    {
        var settings = Host.Settings;
        await Host.DisposeAsync();
        Host = await ServiceHost.StartAsync(settings, TimeProvider.System);
        Admin = Client((await File.ReadAllTextAsync(Host.Data.AdminKeyFile)).Trim());
    }

    public HttpClient Client(string? key)
    {
        var client = new HttpClient { BaseAddress = new Uri(Host.Urls[0]), Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _clients.Add(client);
        return client;
    }

    /// <summary>A client with a new key.</summary>
    public HttpClient ClientWith(IReadOnlyList<ApiRole> roles, params string[] tenants)
    {
        var keys = new ApiKeys(Host.Store.ApiKeys, TimeProvider.System);
        var (key, text) = keys.Make("test", roles, tenants);
        keys.Add(key, text, "test");
        return Client(text);
    }

    /// <summary>Sends an attack every default finds at once, and waits for its decision: eleven and more forged tokens from one address.</summary>
    public async Task<JsonElement> AttackAsync(string tenant, string address = "203.0.113.9")
    {
        using var answer = await PostAsync(Admin, Lines.Forged(tenant, address, 15, DateTime.UtcNow.AddSeconds(-30)));
        Assert.AreEqual(202, (int)answer.StatusCode);
        for (var waited = 0; waited < 300; waited++)
        {
            var decision = (await JsonAsync(Admin, "/v1/decisions")).GetProperty("decisions").EnumerateArray()
                .FirstOrDefault(d => d.GetProperty("tenant_id").GetString() == tenant && d.GetProperty("value").GetString() == address);
            if (decision.ValueKind == JsonValueKind.Object) return decision;
            await Task.Delay(50);
        }

        throw new TimeoutException("no decision came of the attack");
    }

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string body, string type = "application/x-ndjson") =>
        client.PostAsync("/v1/events", new StringContent(body, Encoding.UTF8, type));

    public static async Task<JsonElement> JsonAsync(HttpClient client, string path) => JsonSerializer.Deserialize<JsonElement>(await client.GetByteArrayAsync(path));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Host.DisposeAsync();
        _directory.Dispose();
    }
}
