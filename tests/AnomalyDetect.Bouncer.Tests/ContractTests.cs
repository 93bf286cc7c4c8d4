extern alias core;

using System.Text.Json;
using AnomalyDetect.Bouncer.Contract;
using AnomalyDetect.Bouncer.Feed;
using Microsoft.Extensions.Options;
using CoreJson = core::AnomalyDetect.Core.CoreJson;
using Playbooks = core::AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Tests;

/// <summary>The bouncer reads what the service writes, to the last letter.</summary>
[TestClass]
public sealed class ContractTests
{
    [TestMethod]
    public void A_decision_of_every_type_and_scope_reads_as_it_was_written_and_writes_as_it_was_read()
    {
        foreach (var type in Enum.GetValues<Playbooks::DecisionType>())
        {
            foreach (var scope in Enum.GetValues<Playbooks::DecisionScope>())
            {
                var written = JsonSerializer.Serialize(Decision(type, scope), CoreJson.Default.Decision);
                var read = JsonSerializer.Deserialize(written, ContractJson.Default.Decision)!;
                Assert.AreEqual((type.ToString(), scope.ToString()), (read.Type.ToString(), read.Scope.ToString()));
                var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(JsonSerializer.Serialize(read, ContractJson.Default.Decision), CoreJson.Default.Decision)!, CoreJson.Default.Decision);
                Assert.AreEqual(written, again);
            }
        }
    }

    [TestMethod]
    public void The_words_and_numbers_of_both_sides_are_the_same()
    {
        CollectionAssert.AreEqual(Enum.GetNames<Playbooks::DecisionType>(), Enum.GetNames<DecisionType>());
        CollectionAssert.AreEqual(Enum.GetNames<Playbooks::DecisionScope>(), Enum.GetNames<DecisionScope>());
        CollectionAssert.AreEqual(Enum.GetNames<core::AnomalyDetect.Core.Persistence.DecisionState>(), Enum.GetNames<DecisionState>());
        foreach (var type in Enum.GetValues<DecisionType>()) Assert.AreEqual(core::AnomalyDetect.Core.Names.Of((Playbooks::DecisionType)(byte)type), ContractWord.Of(type));
    }

    [TestMethod]
    public async Task Every_decision_the_running_service_feeds_is_held_in_its_state_and_a_report_of_it_is_taken_in()
    {
        await using var service = await RealService.StartAsync();
        var decisions = Pairs().Select(p => Decision(p.Type, p.Scope)).ToArray();
        var dry = Decision(Playbooks::DecisionType.StepUp, Playbooks::DecisionScope.Principal, simulated: true);
        service.Decide([.. decisions, dry]);
        await using var following = new Following(service.Url, o => (o.ApiKey, o.PageSize) = (service.EnforcerKey("acme"), 4));
        following.Clock.SetUtcNow(DateTimeOffset.UtcNow);
        await following.AdvanceAsync();
        Assert.AreEqual(decisions.Length + 1, following.Table.Count);
        Assert.IsTrue(following.Table.Find(dry.Id)!.Simulated);
        Assert.IsFalse(following.Table.Find(decisions[0].Id)!.Simulated);

        await service.UndoAsync(decisions[0].Id);
        await following.AdvanceAsync();
        Assert.IsNull(following.Table.Find(decisions[0].Id));

        following.Queue.Add(following.Table.Find(decisions[1].Id)!);
        following.Queue.Add(following.Table.Find(dry.Id)!);
        await following.Reporter.ReportAsync(CancellationToken.None);
        Assert.AreEqual(1, (await service.DecisionAsync(decisions[1].Id)).GetProperty("enforced").GetProperty("count").GetInt64());
        Assert.AreEqual(1, (await service.DecisionAsync(dry.Id)).GetProperty("would_have").GetProperty("count").GetInt64());
    }

    [TestMethod]
    public async Task A_key_of_another_tenant_gets_nothing_and_a_key_without_the_role_is_told_so()
    {
        await using var service = await RealService.StartAsync();
        service.Decide(Decision(Playbooks::DecisionType.BlockIp, Playbooks::DecisionScope.Address));
        await using var foreign = new Following(service.Url, o => o.ApiKey = service.EnforcerKey("globex"));
        await foreign.AdvanceAsync();
        Assert.AreEqual(0, foreign.Table.Count);

        await using var unknown = new Following(service.Url, o => o.ApiKey = "ad_unknown");
        StringAssert.Contains((await unknown.FailureAsync()).Message, "401");
        unknown.Get<IOptionsMonitor<BouncerOptions>>().CurrentValue.ApiKey = service.EnforcerKey("acme");
        unknown.Clock.SetUtcNow(DateTimeOffset.UtcNow);
        await unknown.AdvanceAsync();
        Assert.AreEqual(1, unknown.Table.Count, "a key put right is used with the next call");
    }

    private static IEnumerable<(Playbooks::DecisionType Type, Playbooks::DecisionScope Scope)> Pairs() =>
    [
        (Playbooks::DecisionType.RateLimit, Playbooks::DecisionScope.Principal), (Playbooks::DecisionType.RateLimit, Playbooks::DecisionScope.Address),
        (Playbooks::DecisionType.Captcha, Playbooks::DecisionScope.Partner), (Playbooks::DecisionType.BlockIp, Playbooks::DecisionScope.Address),
        (Playbooks::DecisionType.RevokeSession, Playbooks::DecisionScope.Session), (Playbooks::DecisionType.RevokeSession, Playbooks::DecisionScope.Principal),
        (Playbooks::DecisionType.ForceReauth, Playbooks::DecisionScope.Session), (Playbooks::DecisionType.StepUp, Playbooks::DecisionScope.Principal),
        (Playbooks::DecisionType.SuspendPartnerToken, Playbooks::DecisionScope.Partner), (Playbooks::DecisionType.RevokeToken, Playbooks::DecisionScope.Token),
        (Playbooks::DecisionType.RevokeToken, Playbooks::DecisionScope.Principal), (Playbooks::DecisionType.RevokeToken, Playbooks::DecisionScope.Tenant),
    ];

    private static Playbooks::Decision Decision(Playbooks::DecisionType type, Playbooks::DecisionScope scope, bool simulated = false) => new()
    {
        Id = Guid.NewGuid().ToString("n"),
        AlertId = Guid.NewGuid().ToString("n"),
        TenantId = "acme",
        Type = type,
        Scope = scope,
        Value = scope == Playbooks::DecisionScope.Address ? "2001:db8:1:2::/64" : "x \"ü☃\u0001",
        Parameters = type == Playbooks::DecisionType.RateLimit ? new Playbooks::DecisionParameters(60, 60) : new Playbooks::DecisionParameters(),
        CreatedAt = DateTime.UtcNow,
        ExpiresAt = DateTime.UtcNow.AddHours(1),
        Simulated = simulated,
    };
}
