using System.Net;

namespace AnomalyDetect.Bouncer.Tests;

/// <summary>The real service, a sample application and an attacker.</summary>
[TestClass]
public sealed class EndToEndTests
{
    private const string Attacker = "203.0.113.9";

    [TestMethod]
    public async Task An_attacker_is_found_refused_and_let_in_again_after_an_undo_and_the_service_knows_of_it()
    {
        await using var service = await RealService.StartAsync();
        await using var shop = await Shop.OpenAsync(service.Url, service.EnforcerKey("acme", "globex"));
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, Attacker)).Status);

        await service.AttackAsync("acme", Attacker);
        await shop.HoldsAsync(1);
        var refused = await shop.GetAsync("/acme/catalogue", null, Attacker);
        Assert.AreEqual((HttpStatusCode.Forbidden, "address_blocked"), (refused.Status, refused.Code));
        var id = refused.Headers["X-AnomalyDetect-Decision"];
        Assert.AreEqual(HttpStatusCode.Forbidden, (await shop.GetAsync("/acme/orders", "tenant_id=acme;sub=eve", Attacker)).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue")).Status, "a neighbour");
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/globex/catalogue", null, Attacker)).Status, "another tenant");

        await Wait.UntilAsync(() => service.Host.Store.Decisions.Find(id)!.Enforced?.Count == 2, "both refusals are known to the service");
        Assert.AreEqual(2, (await service.DecisionAsync(id)).GetProperty("enforced").GetProperty("count").GetInt64());
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).Reason);

        await service.UndoAsync(id);
        await shop.HoldsAsync(0);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, Attacker)).Status);
    }

    [TestMethod]
    public async Task In_dry_run_the_attacker_is_let_through_and_the_service_learns_what_would_have_been()
    {
        await using var service = await RealService.StartAsync(enforce: false);
        await using var shop = await Shop.OpenAsync(service.Url, service.EnforcerKey());
        await service.AttackAsync("acme", Attacker);
        await shop.HoldsAsync(1);
        var before = service.Host.Store.Ledger.Head;
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, Attacker)).Status);

        long Counted() => service.Host.Store.Decisions.Feed(0, null, 10, simulated: true).Single().Enforced?.Count ?? 0;
        await Wait.UntilAsync(() => Counted() == 1, "a count of what would have been");
        Assert.AreEqual(before, service.Host.Store.Ledger.Head, "nothing was enforced");
    }

    [TestMethod]
    public async Task What_was_enforced_last_is_reported_before_the_application_stops()
    {
        await using var service = await RealService.StartAsync();
        await service.AttackAsync("acme", Attacker);
        await using (var shop = await Shop.OpenAsync(service.Url, service.EnforcerKey(), o => o.ReportEvery = TimeSpan.FromMinutes(5)))
        {
            await shop.HoldsAsync(1);
            await shop.GetAsync("/acme/catalogue", null, Attacker);
        }

        Assert.AreEqual(1, service.Host.Store.Decisions.Feed(0, null, 10).Single().Enforced!.Count);
    }
}
