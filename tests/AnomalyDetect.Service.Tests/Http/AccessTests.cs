using System.Net;
using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;

namespace AnomalyDetect.Service.Tests.Http;

/// <summary>Who may call what, for every endpoint there is: one that is not in <see cref="Calls"/> fails the walk.</summary>
[TestClass]
public sealed class AccessTests
{
    /// <summary>How a key of one tenant is to fare with another's things when it has the role.</summary>
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

    /// <param name="Body">What to send; null: nothing.</param>
    /// <param name="ShowsOwn">The answer to a key of the tenant names the tenant.</param>
    private sealed record Call(string Path, string? Body, Foreign Foreign, bool ShowsOwn = false);

    private static readonly Dictionary<string, Call> Calls = new()
    {
        ["POST /v1/events"] = new("/v1/events", Lines.Login("x", "TENANT"), Foreign.Refused),
        ["GET /v1/decisions"] = new("/v1/decisions", null, Foreign.Blind, ShowsOwn: true),
        ["GET /v1/decisions/{id}"] = new("/v1/decisions/DECISION", null, Foreign.Hidden, ShowsOwn: true),
        ["POST /v1/decisions/enforced"] = new(
            "/v1/decisions/enforced", """{"instance":"i","batch":1,"decisions":[{"id":"DECISION","first_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z","count":1}]}""",
            Foreign.Blind),
        ["POST /v1/decisions/{id}/undo"] = new("/v1/decisions/DECISION/undo", """{"reason":"a test"}""", Foreign.Hidden),
        ["POST /v1/decisions/undo"] = new("/v1/decisions/undo", """{"rule":"block-claim-forgers","reason":"a test"}""", Foreign.Blind),
        ["POST /v1/revocations"] = new("/v1/revocations", """{"tenant_id":"TENANT","scope":"session","value":"s1","reason":"a test"}""", Foreign.Refused),
        ["GET /v1/decisions/{id}/life"] = new("/v1/decisions/DECISION/life", null, Foreign.Hidden),
        ["GET /v1/decisions/held"] = new("/v1/decisions/held", null, Foreign.Blind),
        ["POST /v1/decisions/{id}/approve"] = new("/v1/decisions/DECISION/approve", """{"reason":"a test"}""", Foreign.Hidden),
        ["POST /v1/decisions/{id}/refuse"] = new("/v1/decisions/DECISION/refuse", """{"reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/protections"] = new("/v1/protections", null, Foreign.Blind, ShowsOwn: true),
        ["POST /v1/protections"] = new("/v1/protections", """{"tenant_id":"TENANT","kind":"principal","value":"u1","reason":"a test"}""", Foreign.Refused),
        ["POST /v1/protections/{id}/remove"] = new("/v1/protections/PROTECTION/remove", """{"reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/enforcement"] = new("/v1/enforcement", null, Foreign.Blind),
        ["POST /v1/enforcement/halt"] = new("/v1/enforcement/halt", """{"reason":"a test","tenant_id":"TENANT"}""", Foreign.Refused, ShowsOwn: true),
        ["POST /v1/enforcement/resume"] = new("/v1/enforcement/resume", """{"reason":"a test","tenant_id":"TENANT"}""", Foreign.Refused),
        ["GET /v1/playbook"] = new("/v1/playbook", null, Foreign.Refused),
        ["POST /v1/alerts/{id}/acknowledge"] = new("/v1/alerts/ALERT/acknowledge", "{}", Foreign.Hidden),
        ["GET /v1/alerts"] = new("/v1/alerts", null, Foreign.Blind, ShowsOwn: true),
        ["GET /v1/alerts/stream"] = new("/v1/alerts/stream", null, Foreign.Blind),
        ["GET /v1/alerts/{id}"] = new("/v1/alerts/ALERT", null, Foreign.Hidden, ShowsOwn: true),
        ["POST /v1/alerts/{id}/verdict"] = new("/v1/alerts/ALERT/verdict", """{"verdict":"benign","reason":"a test"}""", Foreign.Hidden),
        ["POST /v1/alerts/{id}/resolve"] = new("/v1/alerts/ALERT/resolve", """{"reason":"a test"}""", Foreign.Hidden),
        ["POST /v1/alerts/{id}/exception"] = new("/v1/alerts/ALERT/exception", """{"until":"UNTIL","reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/exceptions"] = new("/v1/exceptions", null, Foreign.Blind, ShowsOwn: true),
        ["POST /v1/exceptions/{id}/end"] = new("/v1/exceptions/EXCEPTION/end", """{"reason":"a test"}""", Foreign.Hidden),
        ["GET /v1/deliveries"] = new("/v1/deliveries", null, Foreign.Blind, ShowsOwn: true),
        ["POST /v1/deliveries/replay"] = new("/v1/deliveries/replay", "{}", Foreign.Blind),
        ["GET /v1/rejections"] = new("/v1/rejections", null, Foreign.Refused),
        ["GET /v1/clock-faults"] = new("/v1/clock-faults", null, Foreign.Blind, ShowsOwn: true),
        ["GET /v1/ledger/head"] = new("/v1/ledger/head", null, Foreign.Harmless),
        ["GET /v1/models"] = new("/v1/models", null, Foreign.Refused),
        ["GET /v1/models/{id}"] = new("/v1/models/0123456789abcdef", null, Foreign.Refused),
        ["POST /v1/models"] = new("/v1/models", """{"file":"e30=","reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/{id}/promote"] = new("/v1/models/0123456789abcdef/promote", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/{id}/shadow"] = new("/v1/models/0123456789abcdef/shadow", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/shadow/end"] = new("/v1/models/shadow/end", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/rollback"] = new("/v1/models/rollback", """{"reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/triage"] = new("/v1/models/triage", """{"file":"e30=","reason":"a test"}""", Foreign.Refused),
        ["POST /v1/models/prune"] = new("/v1/models/prune", """{"keep":1,"reason":"a test"}""", Foreign.Refused),
        ["GET /v1/keys"] = new("/v1/keys", null, Foreign.Blind, ShowsOwn: true),
        ["POST /v1/keys"] = new("/v1/keys", """{"name":"n","roles":["read"],"tenants":["TENANT"]}""", Foreign.Refused),
        ["POST /v1/keys/{id}/rotate"] = new("/v1/keys/KEY/rotate", "{}", Foreign.Hidden),
        ["DELETE /v1/keys/{id}"] = new("/v1/keys/KEY", null, Foreign.Hidden),
    };

    [TestMethod]
    public async Task Every_endpoint_refuses_a_wrong_key_a_missing_role_and_another_tenants_scope()
    {
        await using var service = await StartAsync();
        var acme = await SeedAsync(service, "acme", "203.0.113.9");
        await SeedAsync(service, "globex", "203.0.113.10");
        var endpoints = Endpoints(service);
        foreach (var (name, endpoint) in endpoints)
        {
            if (endpoint.Metadata.GetRequiredMetadata<Operation>() is not { Reach: not Reach.Open } operation) continue;
            Assert.IsTrue(Calls.TryGetValue(name, out var call), $"{name} has no case in this test's table: say there how it is called and what another tenant's key gets");
            var (method, path, body) = (name.Split(' ')[0], acme.Fill(call.Path), acme.Fill(call.Body));

            foreach (var key in new[] { null, "", "ad_wrong", new string('x', 5000) })
                Assert.AreEqual(HttpStatusCode.Unauthorized, (await SendAsync(service.Client(key), method, path, body)).Status, $"{name} with key '{key}'");
            foreach (var role in Enum.GetValues<ApiRole>().Except(operation.AnyOf))
                Assert.AreEqual(HttpStatusCode.Forbidden, (await SendAsync(service.ClientWith([role]), method, path, body)).Status, $"{name} with role {role}");

            foreach (var role in operation.AnyOf)
            {
                var (status, text) = await SendAsync(service.ClientWith([role], "globex"), method, path, body);
                var expected = call.Foreign switch { Foreign.Hidden => HttpStatusCode.NotFound, Foreign.Refused => HttpStatusCode.Forbidden, _ => HttpStatusCode.OK };
                Assert.AreEqual(expected, status, $"{name} for another tenant: {text}");
                if (call.Foreign == Foreign.Blind) Assert.DoesNotContain("acme", text, name);
            }

            if (operation.Reach == Reach.Installation) Assert.AreEqual(Foreign.Refused, call.Foreign, name);
        }

        CollectionAssert.AreEquivalent(
            Calls.Keys.ToList(), endpoints.Where(e => e.Endpoint.Metadata.GetRequiredMetadata<Operation>().Reach != Reach.Open).Select(e => e.Name).ToList(), "this test's table and the endpoints");
    }

    [TestMethod]
    public async Task Every_endpoint_lets_each_of_its_roles_work_on_the_keys_own_tenant_and_no_further()
    {
        await using var service = await StartAsync();
        await SeedAsync(service, "acme", "203.0.113.9");
        var globex = await SeedAsync(service, "globex", "203.0.113.10");
        foreach (var (name, endpoint) in Endpoints(service))
        {
            var operation = endpoint.Metadata.GetRequiredMetadata<Operation>();
            if (operation.Reach == Reach.Open) continue;
            var call = Calls[name];
            foreach (var role in operation.AnyOf)
            {
                // What a call before has used up is there again.
                globex = Seed(service, "globex", globex.Decision, globex.Alert);
                var (status, text) = await SendAsync(service.ClientWith([role], "globex"), name.Split(' ')[0], globex.Fill(call.Path), globex.Fill(call.Body));
                if (operation.Reach == Reach.Installation)
                {
                    Assert.AreEqual(HttpStatusCode.Forbidden, status, name);
                    var (unbound, answer) = await SendAsync(service.ClientWith([role]), name.Split(' ')[0], globex.Fill(call.Path), globex.Fill(call.Body));
                    Assert.AreNotEqual(HttpStatusCode.Forbidden, unbound, $"{name}: {answer}");
                    continue;
                }

                Assert.IsTrue((int)status is >= 200 and < 300 or 409, $"{name} with role {role}: {status} {text}");
                Assert.DoesNotContain("acme", text, name);
                if (call.ShowsOwn) Assert.Contains("globex", text, name);
            }
        }
    }

    [TestMethod]
    public async Task Every_body_above_its_limit_is_refused()
    {
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Ingest = new IngestOptions { BodyBytes = 64 << 10 } } });
        foreach (var (name, endpoint) in Endpoints(service))
        {
            var operation = endpoint.Metadata.GetRequiredMetadata<Operation>();
            Assert.AreEqual(name.StartsWith("POST ", StringComparison.Ordinal), operation.Takes is not null, $"{name}: whether it takes a body");
            if (operation.Takes is null) continue;
            var (status, text) = await SendAsync(service.Admin, "POST", Calls[name].Path, new string(' ', operation.MostBytes + 1));
            Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, status, $"{name}: {text}");
            StringAssert.Contains(text, "\"code\":\"body_too_large\"");
        }
    }

    private sealed record Things(string Tenant, string Decision, string Alert, string Exception, string Protection, string Key)
    {
        public string? Fill(string? text) => text?.Replace("DECISION", Decision).Replace("ALERT", Alert).Replace("EXCEPTION", Exception).Replace("PROTECTION", Protection).Replace("KEY", Key).Replace("TENANT", Tenant)
            .Replace("UNTIL", DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Task<RunningService> StartAsync() => RunningService.StartAsync(settings: s => s with
    {
        Response = s.Response with
        {
            Webhooks = [new WebhookOptions { Name = "soc", Url = "http://127.0.0.1:9/", Secrets = [new Secret("whsec_" + Convert.ToBase64String(new byte[32]))], AllowedRanges = ["127.0.0.0/8"] }],
        },
    });

    /// <summary>An alert, a decision, a clock fault, an exception, a key and a delivery of the tenant.</summary>
    private static async Task<Things> SeedAsync(RunningService service, string tenant, string address)
    {
        var decision = await service.AttackAsync(tenant, address);
        ClockFaultsTests.Store(service, tenant, DateTime.UtcNow);
        return Seed(service, tenant, decision.GetProperty("id").GetString()!, decision.GetProperty("alert_id").GetString()!);
    }

    /// <summary>Another exception and key.</summary>
    private static Things Seed(RunningService service, string tenant, string decision, string alert)
    {
        var exception = service.Host.Store.AlertCases.Except(alert, DateTime.UtcNow.AddDays(1), "test", "a test")!;
        var keys = new ApiKeys(service.Host.Store.ApiKeys, TimeProvider.System);
        var (key, text) = keys.Make($"{tenant}'s own", [ApiRole.Read], [tenant]);
        keys.Add(key, text, "test");
        var protection = service.Host.Store.Guards.Protect(tenant, DecisionScope.Principal, "somebody", null, "test", "a test")!.Protection;
        return new Things(tenant, decision, alert, exception.Id, protection.Id, key.Id);
    }

    private static List<(string Name, RouteEndpoint Endpoint)> Endpoints(RunningService service)
    {
        var endpoints = service.Host.Web.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        return [.. endpoints.Select(e => ($"{e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Single() ?? "GET"} /{e.RoutePattern.RawText!.Trim('/')}", e))];
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

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpClient client, string method, string? path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream") return (response.StatusCode, await response.Content.ReadAsStringAsync());

        // Has no end: what comes at once.
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[4096];
        return (response.StatusCode, Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
    }
}
