using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Learning.Triage;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;

namespace AnomalyDetect.Service.Tests.Http;

/// <summary>The description of the API against the service that runs.</summary>
[TestClass]
public sealed class OpenApiTests
{
    [TestMethod]
    public async Task Every_endpoint_is_described_with_who_may_call_it_and_nothing_else_is()
    {
        await using var service = await RunningService.StartAsync();
        var document = await DocumentAsync(service);
        Assert.AreEqual("3.1.0", (string?)document["openapi"]);
        var described = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}")).ToList();
        var endpoints = service.Host.Web.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .ToDictionary(e => $"{e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Single() ?? "GET"} /{e.RoutePattern.RawText!.Trim('/')}", e => e.Metadata.GetRequiredMetadata<Operation>());
        CollectionAssert.AreEquivalent(endpoints.Keys.ToList(), described);
        foreach (var (name, operation) in endpoints)
        {
            var says = OperationOf(document, name);
            Assert.AreEqual(operation.Reach == Reach.Open, says["security"] is JsonArray { Count: 0 }, name);
            foreach (var role in operation.AnyOf) Assert.Contains(AnomalyDetect.Core.Names.Of(role), (string)says["description"]!, name);
        }

        var ids = endpoints.Keys.Select(n => (string)OperationOf(document, n)["operationId"]!).ToList();
        CollectionAssert.AllItemsAreUnique(ids);
    }

    [TestMethod]
    public async Task Every_reference_leads_somewhere_and_every_word_of_the_schemas_is_one_this_test_understands()
    {
        await using var service = await RunningService.StartAsync();
        var document = await DocumentAsync(service);
        var schemas = new JsonSchemas(document);
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject()) schemas.Check(schema!, name);
        foreach (var reference in References(document)) Assert.IsNotNull(schemas.Resolve(reference), reference);
    }

    [TestMethod]
    public async Task What_the_service_really_takes_and_answers_is_as_described()
    {
        await using var service = await RunningService.StartAsync();
        var document = await DocumentAsync(service);
        var schemas = new JsonSchemas(document);
        var decision = await service.AttackAsync("acme");
        var (id, alert) = (decision.GetProperty("id").GetString()!, decision.GetProperty("alert_id").GetString()!);
        var covered = new HashSet<string>();

        async Task<JsonNode?> CallAsync(string name, string? path = null, string? body = null, HttpStatusCode expected = HttpStatusCode.OK)
        {
            var (method, template) = (name.Split(' ')[0], name.Split(' ')[1]);
            using var request = new HttpRequestMessage(new HttpMethod(method), path ?? template);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await service.Admin.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.AreEqual(expected, answer.StatusCode, $"{name}: {text}");
            var operation = OperationOf(document, name);
            if (body is not null && operation["requestBody"]!["content"]!["application/json"] is { } takes) schemas.Validate(JsonNode.Parse(body), takes["schema"]!, $"request of {name}");
            var response = operation["responses"]![((int)expected).ToString(System.Globalization.CultureInfo.InvariantCulture)] ?? operation["responses"]!["default"];
            Assert.IsNotNull(response, $"{name} does not describe {expected}");
            covered.Add(name);
            if (response["content"] is not { } content)
            {
                Assert.AreEqual("", text, name);
                return null;
            }

            var described = content[answer.Content.Headers.ContentType!.MediaType!];
            Assert.IsNotNull(described, $"{name} answers {answer.Content.Headers.ContentType}");
            if (!answer.Content.Headers.ContentType.MediaType!.EndsWith("json", StringComparison.Ordinal)) return null;
            var json = JsonNode.Parse(text);
            schemas.Validate(json, described["schema"]!, name);
            return json;
        }

        await CallAsync("POST /v1/events", body: Lines.Login("e", "acme").Trim(), expected: HttpStatusCode.Accepted);
        await CallAsync("POST /v1/events", body: "{}", expected: HttpStatusCode.BadRequest);
        await CallAsync("POST /v1/decisions/enforced", body: $$"""{"instance":"i","batch":1,"decisions":[{"id":"{{id}}","first_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z","count":1}]}""");
        await CallAsync("GET /v1/decisions", "/v1/decisions?after=0&limit=10");
        await CallAsync("GET /v1/decisions/{id}", $"/v1/decisions/{id}");
        await CallAsync("GET /v1/decisions/{id}", "/v1/decisions/none", expected: HttpStatusCode.NotFound);
        await CallAsync("POST /v1/decisions/{id}/undo", $"/v1/decisions/{id}/undo", """{"reason":"a test"}""");
        await CallAsync("POST /v1/decisions/undo", body: """{"rule":"none","reason":"a test"}""");
        await CallAsync("GET /v1/decisions/{id}/life", $"/v1/decisions/{id}/life");
        await CallAsync("POST /v1/revocations", body: """{"tenant_id":"acme","scope":"tenant","reason":"a test"}""", expected: HttpStatusCode.Created);
        var revoked = await CallAsync("POST /v1/revocations", body: """{"tenant_id":"acme","scope":"principal","value":"ada","reason":"a test"}""", expected: HttpStatusCode.Created);
        var met = $$"""{"id":"{{revoked!["id"]}}","first_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z","count":1,"ended":{"principals":[],"sessions":[1],"tokens":[65]} }""";
        await CallAsync("POST /v1/decisions/enforced", body: $$"""{"instance":"i","batch":2,"decisions":[{{met}}]}""");
        await CallAsync("GET /v1/decisions/{id}", $"/v1/decisions/{revoked["id"]}");
        await CallAsync("GET /v1/decisions/{id}/life", $"/v1/decisions/{revoked["id"]}/life");
        await CallAsync("GET /v1/decisions/held");
        await CallAsync("POST /v1/decisions/{id}/approve", $"/v1/decisions/{id}/approve", """{"reason":"a test"}""", HttpStatusCode.Conflict);
        await CallAsync("POST /v1/decisions/{id}/refuse", $"/v1/decisions/{id}/refuse", """{"reason":"a test"}""", HttpStatusCode.Conflict);
        var protection = await CallAsync("POST /v1/protections", body: """{"tenant_id":"acme","kind":"principal","value":"ada","reason":"a test"}""", expected: HttpStatusCode.Created);
        await CallAsync("GET /v1/protections");
        await CallAsync("POST /v1/protections/{id}/remove", $"/v1/protections/{protection!["protection"]!["id"]}/remove", """{"reason":"a test"}""", HttpStatusCode.NoContent);
        await CallAsync("POST /v1/enforcement/halt", body: """{"reason":"a test"}""");
        await CallAsync("POST /v1/enforcement/halt", body: """{"reason":"a test","tenant_id":"acme"}""");
        await CallAsync("GET /v1/enforcement");
        await CallAsync("POST /v1/enforcement/resume", body: """{"reason":"a test"}""");
        await CallAsync("GET /v1/playbook");
        await CallAsync("POST /v1/alerts/{id}/acknowledge", $"/v1/alerts/{alert}/acknowledge", """{"note":"a test"}""");
        await CallAsync("POST /v1/alerts/{id}/verdict", $"/v1/alerts/{alert}/verdict", """{"verdict":"benign","reason":"a test"}""");
        await CallAsync("POST /v1/alerts/{id}/resolve", $"/v1/alerts/{alert}/resolve", """{"reason":"a test"}""");
        var until = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var granted = await CallAsync("POST /v1/alerts/{id}/exception", $"/v1/alerts/{alert}/exception", $$"""{"until":"{{until}}","reason":"a test"}""", HttpStatusCode.Created);
        await CallAsync("GET /v1/alerts", "/v1/alerts?limit=1");
        await CallAsync("GET /v1/alerts/{id}", $"/v1/alerts/{alert}");
        await CallAsync("GET /v1/exceptions");
        await CallAsync("POST /v1/exceptions/{id}/end", $"/v1/exceptions/{granted!["id"]}/end", """{"reason":"a test"}""", HttpStatusCode.NoContent);
        await CallAsync("GET /v1/deliveries");
        await CallAsync("POST /v1/deliveries/replay", body: """{"target":"soc"}""");
        await CallAsync("GET /v1/rejections");
        ClockFaultsTests.Store(service, "acme", DateTime.UtcNow);
        await CallAsync("GET /v1/clock-faults", "/v1/clock-faults?tenant=acme&limit=1");
        await CallAsync("GET /v1/ledger/head");
        var made = await CallAsync("POST /v1/keys", body: """{"name":"n","roles":["read","enforcer"],"tenants":["acme"],"expires_at":"2099-01-01T00:00:00Z"}""", expected: HttpStatusCode.Created);
        await CallAsync("POST /v1/keys/{id}/rotate", $"/v1/keys/{made!["id"]}/rotate", """{"grace_seconds":60}""");
        await CallAsync("GET /v1/keys");
        await CallAsync("DELETE /v1/keys/{id}", $"/v1/keys/{made["id"]}", expected: HttpStatusCode.NoContent);
        using var directory = new TempDirectory();
        var file = Convert.ToBase64String(await File.ReadAllBytesAsync(SeededModels.Write(directory, 1)));
        var model = await CallAsync("POST /v1/models", body: $$"""{"file":"{{file}}","reason":"a test","metrics":{"recall":0.9} }""", expected: HttpStatusCode.Created);
        await CallAsync("GET /v1/models", "/v1/models?verify=true");
        await CallAsync("GET /v1/models/{id}", $"/v1/models/{model!["id"]}");
        await CallAsync("POST /v1/models/{id}/shadow", $"/v1/models/{model["id"]}/shadow", """{"reason":"a test"}""");
        await CallAsync("POST /v1/models/shadow/end", body: """{"reason":"a test"}""");
        await CallAsync("POST /v1/models/{id}/promote", $"/v1/models/{model["id"]}/promote", """{"reason":"a test"}""");
        await CallAsync("POST /v1/models/rollback", body: """{"reason":"a test"}""");
        var trees = Convert.ToBase64String(TriageFile.ToBytes(SomeTriage.Above(50)));
        await CallAsync("POST /v1/models/triage", body: $$"""{"file":"{{trees}}","reason":"a test"}""", expected: HttpStatusCode.Created);
        await CallAsync("POST /v1/models/prune", body: """{"keep":1,"reason":"a test"}""");
        foreach (var open in new[] { "/healthz", "/readyz", "/openapi.json", "/metrics" }) await CallAsync($"GET {open}");
        covered.Add("GET /v1/alerts/stream"); // has no end, and no JSON of its own: AlertStreamTests

        var all = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}")).ToList();
        CollectionAssert.AreEquivalent(all, covered.ToList(), "an endpoint was not called by this test");
    }

    [TestMethod]
    [DataRow("""{"id":"k"}""", "name")]
    [DataRow("""{"id":7}""", "id")]
    [DataRow("""{"key":"x","unheard_of":1}""", "unheard_of")]
    public async Task A_body_that_is_not_as_described_is_found(string body, string what)
    {
        await using var service = await RunningService.StartAsync();
        var schemas = new JsonSchemas(await DocumentAsync(service));
        var wrong = Assert.ThrowsExactly<AssertFailedException>(() => schemas.Validate(JsonNode.Parse(body), JsonNode.Parse("""{"$ref":"#/components/schemas/KeyAnswer"}""")!, "a key"));
        StringAssert.Contains(wrong.Message, what);
    }

    private static async Task<JsonObject> DocumentAsync(RunningService service) => JsonNode.Parse(await service.Client(null).GetStringAsync("/openapi.json"))!.AsObject();

    private static JsonObject OperationOf(JsonObject document, string name) => document["paths"]![name.Split(' ')[1]]![name.Split(' ')[0].ToLowerInvariant()]!.AsObject();

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p is { Key: "$ref", Value: JsonValue v } ? [(string)v!] : References(p.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };
}
