using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Sample;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace AnomalyDetect.Bouncer.Tests.Fixtures;

/// <summary>The sample application running on real Kestrel with the bouncer in it, and clients that come to it over a proxy on this machine.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly HttpClient _client;

    private Shop(WebApplication web) =>
        (Web, _client) = (web, new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(web.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) });

    public WebApplication Web { get; }

    public DecisionTable Table => Web.Services.GetRequiredService<DecisionCopy>().Table;

    public FeedState State => Web.Services.GetRequiredService<FeedState>();

    public static async Task<Shop> OpenAsync(Uri service, string key = "ad_test", Action<BouncerOptions>? adjust = null, TimeProvider? time = null, ILoggerProvider? logs = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (logs is not null) builder.Logging.AddProvider(logs);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (time is not null) builder.Services.AddSingleton(time);
        var web = SampleService.Build(builder, o =>
        {
            (o.Service, o.ApiKey) = (service, key);
            adjust?.Invoke(o);
        });
        await web.StartAsync();
        return new Shop(web);
    }

    public async Task HoldsAsync(int decisions) => await Wait.UntilAsync(() => Table.Count == decisions, $"{decisions} decisions held");

    /// <param name="from">The client's address, as the proxy tells it.</param>
    /// <param name="claims">As <c>tenant_id=acme;sub=ada</c>; null for nobody.</param>
    public Task<ShopAnswer> GetAsync(string path, string? claims = null, string from = "198.51.100.1", params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), claims, from, headers);

    public async Task<ShopAnswer> SendAsync(HttpRequestMessage request, string? claims, string from, params (string Name, string Value)[] headers)
    {
        using var sent = request;
        request.Headers.Add("X-Forwarded-For", from);
        if (claims is not null) request.Headers.Authorization = new AuthenticationHeaderValue(SampleAuthentication.Name, claims);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await _client.SendAsync(request);
        return new ShopAnswer(
            response.StatusCode, response.Headers.ToDictionary(h => h.Key, h => string.Join(", ", h.Value)), response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Web.StopAsync();
        await Web.DisposeAsync();
    }
}

internal sealed record ShopAnswer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string? Type, string Body)
{
    public JsonElement Problem => JsonDocument.Parse(Body).RootElement;

    public string Code => Problem.GetProperty("code").GetString()!;
}
