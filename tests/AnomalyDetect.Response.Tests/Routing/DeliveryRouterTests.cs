using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Response.Routing;
using CsCheck;

namespace AnomalyDetect.Response.Tests.Routing;

[TestClass]
public class DeliveryRouterTests
{
    private static readonly WebhookOptions Everyone = Some.Webhook("https://a.example/", "everyone");

    [TestMethod]
    public void A_target_gets_one_message_however_many_audiences_it_stands_for()
    {
        var alert = Some.Alert(revision: 2);
        var request = Route(alert, [Audience.TenantAdmin, Audience.SocTier1], Everyone).Single();
        Assert.AreEqual($"everyone/{alert.Id}_2", request.Id);
        Assert.AreEqual(("everyone", DeliveryKind.Notify, $"{alert.Id}_2", "acme"), (request.Target, request.Kind, request.SubjectId, request.TenantId));
        Assert.IsNull(request.NotAfter);
        using var body = JsonDocument.Parse(request.Body);
        Assert.AreEqual("alert.revised", body.RootElement.GetProperty("type").GetString());
        Assert.AreEqual("2026-01-05T12:00:00Z", body.RootElement.GetProperty("timestamp").GetString());
        var data = body.RootElement.GetProperty("data");
        Assert.AreEqual(alert.Id, data.GetProperty("id").GetString());
        Assert.AreEqual("policy_violation_burst", data.GetProperty("signal").GetString());
        Assert.AreSequenceEqual(["tenant_admin", "soc_tier1"], data.GetProperty("audiences").EnumerateArray().Select(a => a.GetString()!));
        Assert.IsFalse(data.TryGetProperty("trimmed", out _));
    }

    [TestMethod]
    public void Audience_tenant_and_severity_choose_the_targets()
    {
        WebhookOptions[] webhooks =
        [
            Everyone with { Name = "soc", Audiences = [Audience.SocTier1] },
            Everyone with { Name = "lead", Audiences = [Audience.SecurityLead] },
            Everyone with { Name = "acme", Tenants = ["acme"] },
            Everyone with { Name = "other", Tenants = ["other"] },
            Everyone with { Name = "high", MinimumSeverity = Severity.High },
            Everyone with { Name = "critical", MinimumSeverity = Severity.Critical },
        ];
        var targets = Route(Some.Alert(severity: Severity.High), [Audience.SocTier1], webhooks).Select(r => r.Target);
        Assert.AreSequenceEqual(["soc", "acme", "high"], targets);
        Assert.IsEmpty(Route(Some.Alert(), [], webhooks));
    }

    [TestMethod]
    public void The_same_alert_gives_the_same_bytes_every_time()
    {
        var alert = Some.Alert();
        Assert.IsTrue(Route(alert, [Audience.SocTier1], Everyone).Single().Body.Span.SequenceEqual(Route(alert, [Audience.SocTier1], Everyone).Single().Body.Span));
    }

    [TestMethod]
    public void Bodies_stay_below_20_kB_whatever_the_alert_holds_and_say_what_was_left_out()
    {
        var text = Gen.OneOf(Gen.String[0, 1024], Gen.Const(new string('<', 1024)), Gen.Const(new string('ü', 512)));
        Gen.Select(text, text, text, Gen.Int[0, 60], Gen.Int[0, 40]).Sample((principal, session, explanation, findings, drivers) =>
        {
            var alert = Some.Alert() with
            {
                PrincipalId = principal,
                SessionId = session,
                PartnerId = principal,
                Explanation = explanation,
                Evidence = [.. Enumerable.Repeat(Some.Finding() with { Entity = new Entity(EntityKind.Principal, principal) }, findings)],
                Drivers = [.. Enumerable.Repeat(new Entity(EntityKind.Principal, principal), drivers)],
                EventIds = [.. Enumerable.Repeat(session, findings)],
            };
            var body = Route(alert, [Audience.SocTier1], Everyone).Single().Body;
            using var json = JsonDocument.Parse(body);
            var data = json.RootElement.GetProperty("data");
            var whole = JsonSerializer.SerializeToUtf8Bytes(alert, CoreJson.Default.Alert).Length < 19_500;
            return body.Length < 20_000 && data.GetProperty("id").GetString() == alert.Id && (!whole || !data.TryGetProperty("trimmed", out _))
                && data.GetProperty("evidence").GetArrayLength() <= findings
                && (data.GetProperty("evidence").GetArrayLength() == findings || data.GetProperty("trimmed").EnumerateArray().Any(t => t.GetString() == "evidence"));
        }, iter: 50);
    }

    [TestMethod]
    [DataRow(DecisionType.RevokeSession, true)]
    [DataRow(DecisionType.ForceReauth, true)]
    [DataRow(DecisionType.SuspendPartnerToken, true)]
    [DataRow(DecisionType.BlockIp, true)]
    [DataRow(DecisionType.RateLimit, false)]
    [DataRow(DecisionType.Captcha, false)]
    [DataRow(DecisionType.StepUp, false)]
    public void Redis_gets_the_types_it_carries_out_and_their_undo(DecisionType type, bool carried)
    {
        var router = new DeliveryRouter(new ResponseOptions { Redis = new RedisOptions { Configuration = new Secret("x") } });
        var decision = Some.Decision(type);
        Assert.HasCount(carried ? 1 : 0, router.Route(decision));
        if (!carried) return;
        var (enforce, undo) = (router.Route(decision).Single(), router.RouteUndo(decision).Single());
        Assert.AreEqual(($"redis/{decision.Id}", DeliveryKind.Enforce, decision.Id), (enforce.Id, enforce.Kind, enforce.SubjectId));
        Assert.AreEqual(($"redis/{decision.Id}/undo", DeliveryKind.Undo, decision.Id), (undo.Id, undo.Kind, undo.SubjectId));
        Assert.AreEqual((decision.ExpiresAt, decision.ExpiresAt), (enforce.NotAfter!.Value, undo.NotAfter!.Value));
        Assert.AreEqual(decision, JsonSerializer.Deserialize(enforce.Body.Span, CoreJson.Default.Decision));
    }

    [TestMethod]
    public void Without_redis_and_for_a_dry_run_nothing_is_sent()
    {
        Assert.IsEmpty(new DeliveryRouter(new ResponseOptions()).Route(Some.Decision()));
        var router = new DeliveryRouter(new ResponseOptions { Redis = new RedisOptions { Configuration = new Secret("x") } });
        Assert.IsEmpty(router.Route(Some.Decision(simulated: true)));
        Assert.IsEmpty(router.RouteUndo(Some.Decision(simulated: true)));
    }

    [TestMethod]
    public void Messages_carry_what_triage_says_and_what_it_holds_little_of_is_held_back_also_from_whoever_would_be_told_next()
    {
        var (likely, unlikely) = (Some.Alert() with { Score = 90 }, Some.Alert() with { Score = 20 });
        var options = Some.Options(Everyone) with { NotifyFrom = 0.5 };
        var router = new DeliveryRouter(options, () => ByScore);
        using var body = JsonDocument.Parse(router.Route(likely, [Some.Notification(likely, Audience.SocTier1)]).Single().Body);
        var triage = body.RootElement.GetProperty("data").GetProperty("triage");
        Assert.AreEqual(0.881, triage.GetProperty("probability").GetDouble());
        Assert.AreEqual("score", triage.GetProperty("drivers")[0].GetProperty("feature").GetString());
        Assert.HasCount(1, router.RouteEscalation(likely, Some.Notification(likely, Audience.SecurityLead)));

        Assert.IsEmpty(router.Route(unlikely, [Some.Notification(unlikely, Audience.SocTier1)]));
        Assert.IsEmpty(router.RouteEscalation(unlikely, Some.Notification(unlikely, Audience.SecurityLead)));
        Assert.HasCount(1, new DeliveryRouter(options with { NotifyFrom = 0 }, () => ByScore).Route(unlikely, [Some.Notification(unlikely, Audience.SocTier1)]), "by default nothing is held back");
        Assert.HasCount(1, new DeliveryRouter(options, () => null).Route(unlikely, [Some.Notification(unlikely, Audience.SocTier1)]), "nor without triage");
    }

    [TestMethod]
    public void What_triage_holds_back_is_counted()
    {
        var counted = 0;
        var router = new DeliveryRouter(Some.Options(Everyone) with { NotifyFrom = 0.5 }, () => ByScore, () => counted++);
        var (likely, unlikely) = (Some.Alert() with { Score = 90 }, Some.Alert() with { Score = 20 });
        foreach (var alert in new[] { likely, unlikely, unlikely }) _ = router.Route(alert, [Some.Notification(alert, Audience.SocTier1)]).Count();
        _ = router.RouteEscalation(unlikely, Some.Notification(unlikely, Audience.SecurityLead)).Count();
        Assert.AreEqual(3, counted);
    }

    [TestMethod]
    public void A_decision_that_waits_is_told_to_approvers_of_its_tenant_with_how_to_answer_and_until_when()
    {
        WebhookOptions[] webhooks =
        [
            Everyone with { Name = "all", MinimumSeverity = Severity.Critical },
            Everyone with { Name = "lead", Audiences = [Audience.SecurityLead] },
            Everyone with { Name = "soc", Audiences = [Audience.SocTier1] },
            Everyone with { Name = "other", Tenants = ["other"] },
        ];
        var decision = Some.Decision(DecisionType.SuspendPartnerToken, DecisionScope.Partner, "partner-1");
        var held = new HeldDecision(decision, "suspend_partner_token needs approval", Some.Time.AddHours(1));
        var router = new DeliveryRouter(Some.Options(webhooks) with { NotifyFrom = 1 }, () => ByScore);
        var requests = router.RouteHeld(held, [Audience.SecurityLead, Audience.OnCall], 3).ToArray();
        Assert.AreSequenceEqual(["all", "lead"], requests.Select(r => r.Target), "neither its alert's severity nor triage matters");
        Assert.AreEqual(($"lead/{decision.Id}_held", DeliveryKind.Notify, (DateTime?)held.Until), (requests[1].Id, requests[1].Kind, requests[1].NotAfter));
        using var body = JsonDocument.Parse(requests[1].Body);
        Assert.AreEqual("decision.held", body.RootElement.GetProperty("type").GetString());
        var data = body.RootElement.GetProperty("data");
        Assert.AreEqual(decision.Id, data.GetProperty("id").GetString());
        Assert.AreEqual((held.Reason, held.Until, 3), (data.GetProperty("why").GetString(), data.GetProperty("waits_until").GetDateTime(), data.GetProperty("waiting").GetInt32()));
        Assert.AreEqual($"/v1/decisions/{decision.Id}/approve", data.GetProperty("answer").GetProperty("approve").GetProperty("post").GetString());
        Assert.StartsWith($"anomalydetect decisions refuse {decision.Id}", data.GetProperty("answer").GetProperty("refuse").GetProperty("command").GetString());
        Assert.AreSequenceEqual(["security_lead"], data.GetProperty("audiences").EnumerateArray().Select(a => a.GetString()!));
    }

    [TestMethod]
    public void Triage_holds_back_no_decision()
    {
        var router = new DeliveryRouter(new ResponseOptions { Redis = new RedisOptions { Configuration = new Secret("x") }, NotifyFrom = 1 }, () => ByScore);
        Assert.HasCount(1, router.Route(Some.Decision()));
    }

    /// <summary>Log-odds 2 above a score of 50, and -2 up to it.</summary>
    private static TriageModel ByScore { get; } = new()
    {
        Format = TriageModel.CurrentFormat, Features = TriageFeatures.Names, Slope = -1, Offset = 0, Confirmed = 30, WavedAway = 30, Auc = 1,
        Trees = [new TriageTree { Features = [TriageFeatures.Names.Index().First(f => f.Item == "score").Index], Thresholds = [50], Low = [~0], High = [~1], Leaves = [-2, 2], Means = [0] }],
    };

    private static List<DeliveryRequest> Route(Alert alert, Audience[] audiences, params WebhookOptions[] webhooks) =>
        [.. new DeliveryRouter(Some.Options(webhooks)).Route(alert, [.. audiences.Select(a => Some.Notification(alert, a))])];
}
