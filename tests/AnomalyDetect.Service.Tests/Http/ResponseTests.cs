using System.Net;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

/// <summary>Guards and the life of decisions, over HTTP and on the command line.</summary>
[TestClass]
public sealed class ResponseTests
{
    [TestMethod]
    public async Task A_decision_that_waits_is_shown_and_takes_effect_once_approved()
    {
        await using var service = await RunningService.StartAsync(o => o with
        {
            Response = o.Response with { Guards = o.Response.Guards with { Approval = o.Response.Guards.Approval with { Types = [DecisionType.BlockIp] } } },
        });
        using (await RunningService.PostAsync(service.Admin, Lines.Forged("acme", "203.0.113.9", 15, DateTime.UtcNow.AddSeconds(-30)))) await HeldAsync(service);
        Assert.AreEqual(0, (await RunningService.JsonAsync(service.Admin, "/v1/decisions")).GetProperty("decisions").GetArrayLength());
        var held = (await RunningService.JsonAsync(service.Admin, "/v1/decisions/held")).GetProperty("held")[0];
        var id = held.GetProperty("id").GetString()!;
        Assert.AreEqual("block_ip needs approval (response.guards.approval.types)", held.GetProperty("why").GetString());
        StringAssert.Contains((await CliRun.Of("decisions", "held", "--data", service.Data)).Out, $"{id}  acme  block_ip  address 203.0.113.9");
        using var stranger = service.ClientWith([ApiRole.Respond, ApiRole.Read], "globex");
        Assert.AreEqual(HttpStatusCode.NotFound, (await PostAsync(stranger, $"/v1/decisions/{id}/approve", """{"reason":"x"}""")).Status);

        var approved = await CliRun.Of("decisions", "approve", id, "--reason", "it is theirs", "--data", service.Data);
        Assert.AreEqual((0, "It is active: no guard objects"), (approved.ExitCode, approved.Out.Trim()), approved.Error);
        Assert.AreEqual(1, (await CliRun.Of("decisions", "refuse", id, "--reason", "late", "--data", service.Data)).ExitCode);
        Assert.AreEqual(id, (await RunningService.JsonAsync(service.Admin, "/v1/decisions")).GetProperty("decisions")[0].GetProperty("id").GetString());
        var steps = (await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}/life")).GetProperty("steps").EnumerateArray().ToList();
        CollectionAssert.AreEqual(new[] { "requested", "held", "approved" }, steps.Select(s => s.GetProperty("step").GetString()).ToArray());
        Assert.AreEqual("it is theirs", steps[2].GetProperty("reason").GetString());
        var life = await CliRun.Of("decisions", "life", id, "--data", service.Data);
        StringAssert.Contains(life.Out, "  approved by key k");
        StringAssert.Contains(life.Out, "It is active.");
    }

    [TestMethod]
    public async Task A_protection_undoes_what_stands_and_keeps_the_next_off_and_a_tenants_key_protects_in_its_tenant_only()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("id").GetString()!;
        using var own = service.ClientWith([ApiRole.Respond, ApiRole.Read], "acme");
        Assert.AreEqual(HttpStatusCode.Forbidden, (await PostAsync(own, "/v1/protections", """{"kind":"address","value":"203.0.113.0/24","reason":"x"}""")).Status);
        var (status, text) = await PostAsync(own, "/v1/protections", """{"tenant_id":"acme","kind":"address","value":"203.0.113.0/24","reason":"our office"}""");
        Assert.AreEqual(HttpStatusCode.Created, status, text);
        Assert.AreEqual(1, JsonDocument.Parse(text).RootElement.GetProperty("undone").GetInt32());
        Assert.AreEqual("undone", (await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}")).GetProperty("state").GetString());

        var list = await CliRun.Of("protections", "list", "--data", service.Data);
        StringAssert.Contains(list.Out, "acme  address 203.0.113.0/24  for good  key k");
        var protection = list.Out[..13];
        Assert.AreEqual(0, (await CliRun.Of("protections", "remove", protection, "--reason", "moved", "--data", service.Data)).ExitCode);
        Assert.AreEqual("", (await CliRun.Of("protections", "list", "--data", service.Data)).Out);
        var added = await CliRun.Of("protections", "add", "principal", "svc-*", "--tenant", "acme", "--until", "2099-01-01T00:00:00Z", "--reason", "ours", "--data", service.Data);
        Assert.AreEqual(0, added.ExitCode, added.Error);
        StringAssert.Contains((await CliRun.Of("protections", "list", "--data", service.Data)).Out, "principal svc-*  until 2099-01-01");
    }

    [TestMethod]
    [DataRow("""{"value":"u1","reason":"x"}""", "Say in \\u0022kind\\u0022 what value names")]
    [DataRow("""{"kind":"address","value":"here","reason":"x"}""", "must be an address or a CIDR range")]
    [DataRow("""{"kind":"principal","value":"","reason":"x"}""", "must be an id, or a pattern")]
    [DataRow("""{"kind":"principal","value":"u1"}""", "Say why")]
    [DataRow("""{"kind":"principal","value":"u1","reason":"x","expires_at":"2020-01-01T00:00:00Z"}""", "has passed already")]
    public async Task A_protection_that_says_too_little_is_refused(string body, string why)
    {
        await using var service = await RunningService.StartAsync();
        var (status, text) = await PostAsync(service.Admin, "/v1/protections", body);
        Assert.AreEqual(HttpStatusCode.BadRequest, status);
        StringAssert.Contains(text, why);
    }

    [TestMethod]
    public async Task The_kill_switch_empties_the_feed_holds_over_a_restart_and_lets_go_when_told()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("id").GetString()!;
        var halted = await CliRun.Of("enforcement", "halt", "--reason", "customers are locked out", "--data", service.Data);
        StringAssert.Contains(halted.Out, "1 decisions withdrawn.", halted.Error);
        Assert.AreEqual("undone", (await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}")).GetProperty("state").GetString());
        using (await RunningService.PostAsync(service.Admin, Lines.Forged("acme", "203.0.113.77", 15, DateTime.UtcNow.AddSeconds(-20))))
            await Wait.UntilAsync(() => service.Host.Store.Queries.Totals().Decisions == 2, "the next decision is recorded");
        Assert.AreEqual(0, (await RunningService.JsonAsync(service.Admin, "/v1/decisions")).GetProperty("decisions").GetArrayLength());

        await service.Host.DisposeAsync();
        StringAssert.Contains((await CliRun.Of("enforcement", "status", "--data", service.Data)).Out, "customers are locked out");
        Assert.AreEqual("Enforcement runs.", (await CliRun.Of("enforcement", "resume", "--reason", "mended", "--data", service.Data)).Out.Trim());
        Assert.AreEqual("Enforcement runs.", (await CliRun.Of("enforcement", "status", "--data", service.Data)).Out.Trim());
        Assert.AreEqual("", (await CliRun.Of("decisions", "list", "--data", service.Data)).Out);
        Assert.AreEqual(0, (await CliRun.Of("ledger", "verify", "--data", service.Data)).ExitCode);
    }

    [TestMethod]
    public async Task A_tenants_key_halts_its_own_tenant_and_no_more()
    {
        await using var service = await RunningService.StartAsync();
        await service.AttackAsync("acme");
        await service.AttackAsync("globex", "203.0.113.10");
        using var own = service.ClientWith([ApiRole.Respond, ApiRole.Read], "acme");
        Assert.AreEqual(HttpStatusCode.Forbidden, (await PostAsync(own, "/v1/enforcement/halt", """{"reason":"x"}""")).Status);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await PostAsync(own, "/v1/enforcement/halt", """{"reason":"x","tenant_id":"globex"}""")).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await PostAsync(own, "/v1/enforcement/halt", """{"tenant_id":"acme"}""")).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await PostAsync(service.Admin, "/v1/enforcement/halt", """{"reason":"x","tenant_id":""}""")).Status);
        var (status, text) = await PostAsync(own, "/v1/enforcement/halt", """{"reason":"our users are locked out","tenant_id":"acme"}""");
        Assert.AreEqual(HttpStatusCode.OK, status, text);
        Assert.AreEqual(1, JsonDocument.Parse(text).RootElement.GetProperty("withdrawn").GetInt32());
        StringAssert.Contains((await CliRun.Of("decisions", "list", "--data", service.Data)).Out, "globex  block_ip");

        var halted = await CliRun.Of("enforcement", "halt", "--tenant", "globex", "--reason", "theirs too", "--data", service.Data);
        StringAssert.Contains(halted.Out, "Enforcement in acme is halted since ");
        StringAssert.Contains(halted.Out, ": theirs too\n", halted.Error);
        StringAssert.Contains(halted.Out, "Elsewhere enforcement runs.\n1 decisions withdrawn.");
        var seen = (await RunningService.JsonAsync(own, "/v1/enforcement")).GetProperty("tenants").EnumerateArray().Select(t => t.GetProperty("tenant_id").GetString()).ToArray();
        CollectionAssert.AreEqual(new[] { "acme" }, seen, "of others' it sees nothing");
        Assert.AreEqual(HttpStatusCode.Forbidden, (await PostAsync(own, "/v1/enforcement/resume", """{"reason":"x","tenant_id":"globex"}""")).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(own, "/v1/enforcement/resume", """{"reason":"mended","tenant_id":"acme"}""")).Status);
        await service.AttackAsync("acme", "203.0.113.11");
        Assert.AreEqual("Elsewhere enforcement runs.", (await CliRun.Of("enforcement", "status", "--data", service.Data)).Out.TrimEnd().Split('\n')[^1]);
    }

    [TestMethod]
    public async Task A_decision_that_waits_is_told_to_a_real_receiver_with_its_way_to_an_answer()
    {
        await using var receiver = HttpReceiver.Start();
        await using var service = await RunningService.StartAsync(
            o => o with { Response = o.Response with { Guards = o.Response.Guards with { Approval = o.Response.Guards.Approval with { Types = [DecisionType.BlockIp] } } } },
            s => s with
            {
                Response = s.Response with
                {
                    Webhooks =
                    [
                        new Response.Options.WebhookOptions
                        {
                            Name = "lead", Url = receiver.Url, Secrets = [new Response.Options.Secret("whsec_" + Convert.ToBase64String(new byte[32]))], AllowedRanges = ["127.0.0.0/8"],
                            Audiences = [Audience.SecurityLead],
                        },
                    ],
                },
            });
        using (await RunningService.PostAsync(service.Admin, Lines.Forged("acme", "203.0.113.9", 15, DateTime.UtcNow.AddSeconds(-30)))) await HeldAsync(service);
        await Wait.UntilAsync(() => receiver.Requests.Count == 1, "the security lead hears of it");
        var message = JsonDocument.Parse(receiver.Requests[0].Body).RootElement;
        Assert.AreEqual("decision.held", message.GetProperty("type").GetString());
        var path = message.GetProperty("data").GetProperty("answer").GetProperty("approve").GetProperty("post").GetString()!;
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(service.Admin, path, """{"reason":"as the message says"}""")).Status);
        Assert.HasCount(1, service.Host.Store.Decisions.Active(DateTime.UtcNow));
    }

    [TestMethod]
    public async Task All_of_a_rule_is_undone_by_one_call_and_only_of_the_callers_tenants()
    {
        await using var service = await RunningService.StartAsync();
        await service.AttackAsync("acme");
        await service.AttackAsync("globex", "203.0.113.10");
        using var own = service.ClientWith([ApiRole.Respond], "acme");
        const string All = """{"rule":"block-claim-forgers","since":"2026-01-01T00:00:00Z","reason":"a bad rule"}""";
        Assert.AreEqual("""{"undone":1}""", (await PostAsync(own, "/v1/decisions/undo", All)).Text);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await PostAsync(own, "/v1/decisions/undo", """{"tenant":"globex","reason":"x"}""")).Status);
        StringAssert.Contains((await PostAsync(own, "/v1/decisions/undo", """{"reason":"x"}""")).Text, "name at least one of rule, since and tenant");
        StringAssert.Contains((await CliRun.Of("decisions", "list", "--data", service.Data)).Out, "globex  block_ip  address 203.0.113.10");
        var undone = await CliRun.Of("decisions", "undo", "--rule", "block-claim-forgers", "--since", "2026-01-01", "--reason", "a bad rule", "--data", service.Data);
        Assert.AreEqual("1 undone.", undone.Out.Trim(), undone.Error);
        Assert.AreEqual("", (await CliRun.Of("decisions", "list", "--data", service.Data)).Out);
    }

    [TestMethod]
    public async Task An_acknowledgement_is_recorded_once_and_shown_with_its_alert()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        using var analyst = service.ClientWith([ApiRole.Respond], "acme");
        var (status, first) = await PostAsync(analyst, $"/v1/alerts/{id}/acknowledge", """{"note":"on it"}""");
        Assert.AreEqual(HttpStatusCode.OK, status, first);
        Assert.AreEqual(first, (await PostAsync(service.Admin, $"/v1/alerts/{id}/acknowledge", "{}")).Text, "the first one stands");
        var shown = await RunningService.JsonAsync(service.Admin, $"/v1/alerts/{id}");
        Assert.AreEqual(first, shown.GetProperty("acknowledged").GetRawText());
        StringAssert.Contains((await CliRun.Of("alerts", "acknowledge", id, "--data", service.Data)).Out, "Acknowledged by key k");
        Assert.AreEqual(HttpStatusCode.NotFound, (await PostAsync(service.Admin, "/v1/alerts/nothing/acknowledge", "{}")).Status);
    }

    [TestMethod]
    [DataRow("decisions", "undo", "--reason", "x")]
    [DataRow("decisions", "undo", "id", "--rule", "r", "--reason", "x")]
    [DataRow("decisions", "undo", "--rule", "r")]
    [DataRow("decisions", "undo", "--since", "then", "--reason", "x")]
    [DataRow("protections", "add", "planet", "mars", "--reason", "x")]
    [DataRow("enforcement", "halt")]
    public async Task Wrong_usage_is_said(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.DoesNotContain("Exception", run.Error);
    }

    private static Task HeldAsync(RunningService service) => Wait.UntilAsync(() => service.Host.Store.Decisions.Held(null, 10).Count == 1, "the decision waits");

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
