using System.Net;
using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;

namespace AnomalyDetect.Service.Tests.Http;

/// <summary>Who may call what, for every endpoint there is: one that is not in <see cref="Calls"/> fails the walk.</summary>
[TestClass]
public sealed class AccessTests
{
    /// <summary>How another tenant's key is to fare when it has the role.</summary>
    private enum Foreign
    {
        /// <summary>The tenant's things are not there: 404.</summary>
        Hidden,

        /// <summary>Refused: 403.</summary>
        Refused,

        /// <summary>Answered, without a trace of the tenant.</summary>
        Blind,

        /// <summary>Nothing in the answer belongs to a tenant.</summary>
        Harmless,
    }

    private sealed record Call(string Path, string? Body, Foreign Foreign);

    private static readonly Dictionary<string, Call> Calls = new()
    {
        ["POST /v1/events"] = new("/v1/events", Lines.Login("x", "acme"), Foreign.Refused),
        ["GET /v1/decisions"] = new("/v1/decisions", null, Foreign.Blind),
        ["GET /v1/decisions/{id}"] = new("/v1/decisions/DECISION", null, Foreign.Hidden),
        ["POST /v1/decisions/enforced"] = new(
            "/v1/decisions/enforced", """{"instance":"i","batch":1,"decisions":[{"id":"DECISION","first_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z","count":1}]}""",
            Foreign.Blind),
        ["POST /v1/decisions/{id}/undo"] = new("/v1/decisions/DECISION/undo", """{"reason":"a test"}""", Foreign.Hidden),
        ["POST /v1/decisions/undo"] = new("/v1/decisions/undo", """{"rule":"block-claim-forgers","reason":"a test"}""", Foreign.Blind),
        ["GET /v1/decisions/{id}/life"] = new("/v1/decisions/DECISION/life", null, Foreign.Hidden),
        ["GET /v1/decisions/held"] = new("/v1/decisions/held", null, Foreign.Blind),
        ["POST /v1/decisions/{id}/approve"] = new("/v1/decisions/DECISION/approve", """{"reason":"a test"}""", Foreign.Hidden),
        ["POST /v1/decisions/{id}/refuse"] = new("/v1/decisions/DECISION/refuse", """{"reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/protections"] = new("/v1/protections", null, Foreign.Blind),
        ["POST /v1/protections"] = new("/v1/protections", """{"tenant_id":"acme","kind":"principal","value":"u1","reason":"a test"}""", Foreign.Refused),
        ["POST /v1/protections/{id}/remove"] = new("/v1/protections/p0123456789ab/remove", """{"reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/enforcement"] = new("/v1/enforcement", null, Foreign.Harmless),
        ["POST /v1/enforcement/halt"] = new("/v1/enforcement/halt", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/enforcement/resume"] = new("/v1/enforcement/resume", """{"reason":"a test"}""", Foreign.Refused),
        ["GET /v1/playbook"] = new("/v1/playbook", null, Foreign.Refused),
        ["POST /v1/alerts/{id}/acknowledge"] = new("/v1/alerts/ALERT/acknowledge", "{}", Foreign.Hidden),
        ["GET /v1/alerts"] = new("/v1/alerts", null, Foreign.Blind),
        ["GET /v1/alerts/{id}"] = new("/v1/alerts/ALERT", null, Foreign.Hidden),
        ["POST /v1/alerts/{id}/verdict"] = new("/v1/alerts/ALERT/verdict", """{"verdict":"benign","reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/deliveries"] = new("/v1/deliveries", null, Foreign.Blind),
        ["POST /v1/deliveries/replay"] = new("/v1/deliveries/replay", "{}", Foreign.Blind),
        ["GET /v1/rejections"] = new("/v1/rejections", null, Foreign.Refused),
        ["GET /v1/ledger/head"] = new("/v1/ledger/head", null, Foreign.Harmless),
        ["GET /v1/models"] = new("/v1/models", null, Foreign.Refused),
        ["GET /v1/models/{id}"] = new("/v1/models/0123456789abcdef", null, Foreign.Refused),
        ["POST /v1/models"] = new("/v1/models", """{"file":"e30=","reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/{id}/promote"] = new("/v1/models/0123456789abcdef/promote", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/{id}/shadow"] = new("/v1/models/0123456789abcdef/shadow", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/shadow/end"] = new("/v1/models/shadow/end", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/rollback"] = new("/v1/models/rollback", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/prune"] = new("/v1/models/prune", """{"keep":1,"reason":"a test"}""", Foreign.Refused),
        ["GET /v1/keys"] = new("/v1/keys", null, Foreign.Blind),
        ["POST /v1/keys"] = new("/v1/keys", """{"name":"n","roles":["read"],"tenants":["acme"]}""", Foreign.Refused),
        ["DELETE /v1/keys/{id}"] = new("/v1/keys/KEY", null, Foreign.Hidden),
    };

    [TestMethod]
    public async Task Every_endpoint_refuses_a_wrong_key_a_missing_role_and_another_tenants_scope()
    {
        await using var service = await RunningService.StartAsync();
        var decision = await service.AttackAsync("acme");
        var own = new ApiKeys(service.Host.Store.ApiKeys, TimeProvider.System);
        var (acmeKey, acmeText) = own.Make("acme's own", [ApiRole.Read], ["acme"]);
        own.Add(acmeKey, acmeText, "test");
        string Fill(string path) => path
            .Replace("DECISION", decision.GetProperty("id").GetString()).Replace("ALERT", decision.GetProperty("alert_id").GetString()).Replace("KEY", acmeKey.Id);

        string? Body(Call call) => call.Body?.Replace("DECISION", decision.GetProperty("id").GetString());

        var endpoints = service.Host.Web.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<OpenToAll>() is null).ToList();
        Assert.HasCount(Calls.Count, endpoints, "an endpoint is missing from this test's table, or gone");
        foreach (var endpoint in endpoints)
        {
            var method = endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single();
            var name = $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}";
            var call = Calls[name];
            var needed = endpoint.Metadata.GetRequiredMetadata<NeedsRole>().AnyOf;

            foreach (var key in new[] { null, "", "ad_wrong", new string('x', 5000) })
                Assert.AreEqual(HttpStatusCode.Unauthorized, (await SendAsync(service.Client(key), method, Fill(call.Path), Body(call))).Status, $"{name} with key '{key}'");
            var others = Enum.GetValues<ApiRole>().Except(needed).ToList();
            Assert.AreEqual(HttpStatusCode.Forbidden, (await SendAsync(service.ClientWith(others), method, Fill(call.Path), Body(call))).Status, $"{name} without the role");

            var (status, text) = await SendAsync(service.ClientWith([needed[0]], "globex"), method, Fill(call.Path), Body(call));
            var expected = call.Foreign switch { Foreign.Hidden => HttpStatusCode.NotFound, Foreign.Refused => HttpStatusCode.Forbidden, _ => HttpStatusCode.OK };
            Assert.AreEqual(expected, status, $"{name} for another tenant: {text}");
            if (call.Foreign == Foreign.Blind) Assert.DoesNotContain("acme", text, name);
        }
    }

    [TestMethod]
    public async Task A_revoked_key_is_refused_at_once()
    {
        await using var service = await RunningService.StartAsync();
        var keys = new ApiKeys(service.Host.Store.ApiKeys, TimeProvider.System);
        var (key, text) = keys.Make("short-lived", [ApiRole.Read], []);
        keys.Add(key, text, "test");
        using var client = service.Client(text);
        Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/v1/alerts")).StatusCode);

        Assert.AreEqual(HttpStatusCode.NoContent, (await service.Admin.DeleteAsync($"/v1/keys/{key.Id}")).StatusCode);
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/alerts")).StatusCode);
    }

    [TestMethod]
    public async Task A_new_key_is_shown_once_and_stored_only_as_a_hash()
    {
        await using var service = await RunningService.StartAsync();
        using var made = await service.Admin.PostAsync("/v1/keys", new StringContent("""{"name":"n","roles":["read"]}""", Encoding.UTF8, "application/json"));
        Assert.AreEqual(HttpStatusCode.Created, made.StatusCode);
        var key = System.Text.Json.JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("key").GetString()!;
        Assert.StartsWith("ad_", key);
        Assert.DoesNotContain(key, await service.Admin.GetStringAsync("/v1/keys"));

        await service.Host.DisposeAsync();
        foreach (var file in Directory.EnumerateFiles(service.Data, "*", SearchOption.AllDirectories))
            Assert.IsLessThan(0, (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(key)), $"{file} holds the key in clear");
    }

    [TestMethod]
    public async Task Health_and_metrics_need_no_key_and_name_no_tenant()
    {
        await using var service = await RunningService.StartAsync();
        await service.AttackAsync("acme");
        using var nobody = service.Client(null);
        Assert.AreEqual("""{"status":"ok"}""", await nobody.GetStringAsync("/healthz"));
        Assert.AreEqual("""{"ready":true,"not_ready":[]}""", await nobody.GetStringAsync("/readyz"));
        var metrics = await nobody.GetStringAsync("/metrics");
        Assert.Contains("anomalydetect_events_total 15", metrics);
        Assert.DoesNotContain("acme", metrics);
    }

    [TestMethod]
    public async Task Unknown_paths_and_methods_are_problems_too_and_need_a_key_under_v1()
    {
        await using var service = await RunningService.StartAsync();
        using var nobody = service.Client(null);
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/v1/nothing")).StatusCode);
        using var missing = await service.Admin.GetAsync("/v1/nothing");
        Assert.AreEqual(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.AreEqual("application/problem+json", missing.Content.Headers.ContentType!.MediaType);
        using var method = await service.Admin.DeleteAsync("/v1/alerts");
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        using var state = await service.Admin.GetAsync("/v1/alerts?state=forgotten");
        StringAssert.Contains(await state.Content.ReadAsStringAsync(), "state must be open or resolved");
        using var parameter = await service.Admin.GetAsync("/v1/alerts?limit=many");
        Assert.AreEqual(HttpStatusCode.BadRequest, parameter.StatusCode);
        Assert.AreEqual("application/problem+json", parameter.Content.Headers.ContentType!.MediaType);
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpClient client, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
