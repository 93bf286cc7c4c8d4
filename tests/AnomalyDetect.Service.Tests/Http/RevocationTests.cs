using System.Net;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

/// <summary>Revocations by hand, over HTTP and on the command line, and who follows the feed.</summary>
[TestClass]
public sealed class RevocationTests
{
    [TestMethod]
    public async Task A_principals_sessions_and_tokens_are_revoked_by_one_call_and_given_back_by_another()
    {
        await using var service = await RunningService.StartAsync();
        var alert = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        var revoked = await CliRun.Of("decisions", "revoke", "--tenant", "acme", "--principal", "ada", "--for", "2d", "--alert", alert, "--reason", "their laptop is gone", "--data", service.Data);
        Assert.AreEqual(0, revoked.ExitCode, revoked.Error);
        StringAssert.EndsWith(revoked.Out.Trim(), " is active: no guard objects");
        var id = revoked.Out[..32];
        var decision = await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}");
        Assert.AreEqual(
            ("revoke_token", "principal", "ada", alert),
            (decision.GetProperty("type").GetString(), decision.GetProperty("scope").GetString(), decision.GetProperty("value").GetString(), decision.GetProperty("alert_id").GetString()));
        Assert.AreEqual(TimeSpan.FromDays(2).TotalMinutes, (decision.GetProperty("expires_at").GetDateTime() - DateTime.UtcNow).TotalMinutes, 5);
        Assert.IsTrue(decision.GetProperty("in_force_since").GetDateTime() <= DateTime.UtcNow);

        var life = await CliRun.Of("decisions", "life", id, "--data", service.Data);
        StringAssert.Contains(life.Out, "requested by key k");
        StringAssert.Contains(life.Out, ": their laptop is gone");
        Assert.AreEqual(0, (await CliRun.Of("decisions", "undo", id, "--reason", "it was found", "--data", service.Data)).ExitCode);
        Assert.AreEqual("undone", (await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}")).GetProperty("state").GetString());
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).Reason);
    }

    [TestMethod]
    public async Task A_whole_tenant_takes_two_people()
    {
        await using var service = await RunningService.StartAsync();
        using var ann = service.ClientWith([ApiRole.Respond, ApiRole.Read], "acme");
        var (status, text) = await PostAsync(ann, "/v1/revocations", """{"tenant_id":"acme","scope":"tenant","reason":"a breach"}""");
        Assert.AreEqual(HttpStatusCode.Created, status, text);
        var answer = JsonDocument.Parse(text).RootElement;
        Assert.AreEqual("held", answer.GetProperty("state").GetString());
        var id = answer.GetProperty("id").GetString()!;
        var held = (await RunningService.JsonAsync(ann, "/v1/decisions/held")).GetProperty("held")[0];
        StringAssert.StartsWith(held.GetProperty("requested_by").GetString(), "key k");
        Assert.IsFalse(held.TryGetProperty("alert_id", out _));
        StringAssert.Contains((await CliRun.Of("decisions", "held", "--data", service.Data)).Out, "asked for by key k");

        (status, text) = await PostAsync(ann, $"/v1/decisions/{id}/approve", """{"reason":"I am sure"}""");
        Assert.AreEqual(HttpStatusCode.Conflict, status);
        StringAssert.Contains(text, "\"code\":\"own_request\"");
        var approved = await CliRun.Of("decisions", "approve", id, "--reason", "so am I", "--data", service.Data);
        Assert.AreEqual(0, approved.ExitCode, approved.Error);
        Assert.AreEqual("active", (await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}")).GetProperty("state").GetString());
    }

    [TestMethod]
    public async Task Without_a_service_the_command_line_asks_the_store_and_is_one_person_too()
    {
        await using var service = await RunningService.StartAsync();
        await service.Host.DisposeAsync();
        var revoked = await CliRun.Of("decisions", "revoke", "--tenant", "acme", "--everybody", "--reason", "a breach", "--data", service.Data);
        // This data directory's configuration does not enforce: what a person asks for there is a dry run as well.
        StringAssert.EndsWith(revoked.Out.Trim(), "is simulated: would have acted: the decision is a dry run");
        Assert.AreEqual(0, revoked.ExitCode, revoked.Error);

        var config = Path.Combine(service.Data, "config.json");
        await File.WriteAllTextAsync(config, """{"response":{"enforce":true}}""");
        revoked = await CliRun.Of("decisions", "revoke", "--tenant", "acme", "--everybody", "--reason", "a breach", "--data", service.Data, "--config", config);
        StringAssert.Contains(revoked.Out, " is held: ", revoked.Error);
        var own = await CliRun.Of("decisions", "approve", revoked.Out[..32], "--reason", "I am sure", "--data", service.Data, "--config", config);
        Assert.AreEqual(1, own.ExitCode);
        StringAssert.Contains(own.Error, "Whoever asked for this cannot approve it");
    }

    [TestMethod]
    [DataRow("""{"scope":"principal","value":"ada","reason":"x"}""", 400, "Name the tenant")]
    [DataRow("""{"tenant_id":"acme","scope":"address","value":"203.0.113.9","reason":"x"}""", 400, "must be session, token, principal or tenant")]
    [DataRow("""{"tenant_id":"acme","scope":"principal","reason":"x"}""", 400, "principal\\u0027s id as value")]
    [DataRow("""{"tenant_id":"acme","scope":"tenant","value":"acme","reason":"x"}""", 400, "for a tenant none")]
    [DataRow("""{"tenant_id":"acme","scope":"principal","value":"ada","expires_at":"2020-01-01T00:00:00Z","reason":"x"}""", 400, "to come")]
    [DataRow("""{"tenant_id":"acme","scope":"principal","value":"ada","expires_at":"2999-01-01T00:00:00Z","reason":"x"}""", 400, "within 30 days")]
    [DataRow("""{"tenant_id":"acme","scope":"principal","value":"ada"}""", 400, "Say why")]
    [DataRow("""{"tenant_id":"acme","scope":"principal","value":"ada","alert_id":"none","reason":"x"}""", 404, "no such alert")]
    public async Task A_revocation_that_says_too_little_is_refused(string body, int expected, string why)
    {
        await using var service = await RunningService.StartAsync();
        var (status, text) = await PostAsync(service.Admin, "/v1/revocations", body);
        Assert.AreEqual(expected, (int)status, text);
        StringAssert.Contains(text, why);
        Assert.AreEqual(0, service.Host.Store.Queries.Totals().Decisions);
    }

    [TestMethod]
    public async Task The_command_line_wants_to_know_of_whom()
    {
        await using var service = await RunningService.StartAsync();
        foreach (var more in new[] { Array.Empty<string>(), ["--principal", "ada", "--everybody"], ["--session", "s", "--token", "t"] })
        {
            var run = await CliRun.Of(["decisions", "revoke", "--tenant", "acme", .. more, "--reason", "x", "--data", service.Data]);
            Assert.AreEqual(2, run.ExitCode);
            StringAssert.Contains(run.Error, "Name one of --principal, --session, --token and --everybody.");
        }
    }

    [TestMethod]
    public async Task Only_enforcers_count_as_bouncers_and_a_position_of_another_store_counts_as_none()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("id").GetString()!;
        using var reader = service.ClientWith([ApiRole.Read], "acme");
        using var bouncer = service.ClientWith([ApiRole.Enforcer], "acme");
        await RunningService.JsonAsync(bouncer, "/v1/decisions?after=999&instance=a&applied=999");
        await RunningService.JsonAsync(reader, "/v1/decisions?after=1&instance=r&applied=1");
        Assert.AreEqual("approved", await LastStepAsync(service, id));
        await RunningService.JsonAsync(bouncer, "/v1/decisions?after=1&instance=a&applied=1");
        await Wait.UntilAsync(() => service.Host.Store.Decisions.Life(id)[^1].Step == "verified", "the decision to be verified");
        Assert.AreEqual("the live bouncer holds it", service.Host.Store.Decisions.Life(id)[^1].Reason);

        foreach (var query in new[] { "instance=a%20b", "instance=a&applied=-1", "instance=a&missing=-1" })
            Assert.AreEqual(HttpStatusCode.BadRequest, (await bouncer.GetAsync($"/v1/decisions?{query}")).StatusCode, query);
    }

    [TestMethod]
    [DataRow("""{"principals":[0]}""")]
    [DataRow("""{"sessions":[65537]}""")]
    [DataRow("""{"tokens":[-1]}""")]
    public async Task Marks_that_are_none_are_refused(string ended)
    {
        await using var service = await RunningService.StartAsync();
        var (status, text) = await PostAsync(
            service.Admin, "/v1/decisions/enforced",
            $$"""{"instance":"i","batch":1,"decisions":[{"id":"x","first_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z","count":1,"ended":{{ended}}}]}""");
        Assert.AreEqual(HttpStatusCode.BadRequest, status);
        StringAssert.Contains(text, "as marks");
    }

    private static async Task<string> LastStepAsync(RunningService service, string id) =>
        (await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}/life")).GetProperty("steps").EnumerateArray().Last().GetProperty("step").GetString()!;

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
