using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Tests.Tables;

[TestClass]
public sealed class TableBudgetTests
{
    private const long Reserved = 100, Pool = 900;

    private static TableBudget Budget() => new(TableParts.Count * Reserved, Pool, [.. Enumerable.Repeat(Reserved, TableParts.Count)]);

    private static TenantMemory Tenant(TableBudget budget, string name = "acme") => new(name, budget) { MayAsk = true };

    /// <summary>As many bytes as it is given, one at a time.</summary>
    private static long Flood(TableShare share)
    {
        var given = 0L;
        while (share.Grow(1)) given++;
        return given;
    }

    [TestMethod]
    public void A_table_has_its_own_share_and_a_third_of_the_pool()
    {
        var budget = Budget();
        Assert.AreEqual(Reserved + (Pool / 3), Flood(Tenant(budget).Of(TablePart.Sessions)));
        Assert.AreEqual(Pool / 3, budget.Used);
    }

    [TestMethod]
    public void However_many_tables_and_tenants_flood_each_that_comes_later_has_its_share_and_all_together_no_more_than_the_pool()
    {
        var budget = Budget();
        for (var tenant = 0; tenant < 50; tenant++)
        {
            var memory = Tenant(budget, $"t{tenant}");
            foreach (var part in Enum.GetValues<TablePart>()) Assert.IsGreaterThanOrEqualTo(Reserved, Flood(memory.Of(part)), $"{part} of tenant {tenant}");
            Assert.IsLessThanOrEqualTo(Pool, budget.Used);
        }
    }

    [TestMethod]
    public void A_second_tenant_still_finds_room_in_the_pool_while_one_floods()
    {
        var budget = Budget();
        var first = Tenant(budget, "first");
        foreach (var part in Enum.GetValues<TablePart>()) Flood(first.Of(part));
        Assert.IsGreaterThan(Reserved + (Pool / 8), Flood(Tenant(budget, "second").Of(TablePart.Principals)));
    }

    [TestMethod]
    public void Its_own_share_is_there_at_any_time_and_the_pool_only_while_an_event_is_worked_on()
    {
        var memory = new TenantMemory("acme", Budget());
        Assert.AreEqual(Reserved, Flood(memory.Of(TablePart.Alerts)));
        memory.MayAsk = true;
        Assert.IsTrue(memory.Of(TablePart.Alerts).Grow(1));
    }

    [TestMethod]
    public void What_is_given_back_others_have_after_the_settlement_and_its_giver_at_once()
    {
        var budget = Budget();
        var (first, second) = (Tenant(budget, "first"), Tenant(budget, "second"));
        Flood(first.Of(TablePart.Sessions));
        Flood(second.Of(TablePart.Sessions));
        first.Of(TablePart.Sessions).Return(250);
        Assert.IsFalse(second.Of(TablePart.Sessions).Grow(1), "when it was given back depends on when somebody looked");
        Assert.IsTrue(first.Of(TablePart.Tokens).Grow(Reserved + 1), "its own events come in the lane's order");
        Assert.IsTrue(second.Of(TablePart.Sessions).Grow(1));
        first.Of(TablePart.Sessions).Return(50);
        first.Settle();
        Assert.AreEqual(first.Settled + second.Settled, budget.Used);
    }

    [TestMethod]
    public void A_tenant_that_leaves_leaves_everything()
    {
        var budget = Budget();
        var memory = Tenant(budget);
        Flood(memory.Of(TablePart.Sessions));
        memory.Leave();
        Assert.AreEqual(0, budget.Used);
    }

    [TestMethod]
    public void A_refusal_is_counted_and_who_was_refused_first_is_known_until_it_is_told()
    {
        var budget = Budget();
        Flood(Tenant(budget, "first").Of(TablePart.Sessions));
        Flood(Tenant(budget, "second").Of(TablePart.Tokens));
        Assert.AreEqual(2, budget.Refusals);
        Assert.AreEqual(("first", TablePart.Sessions), budget.TakeRefused());
        Assert.IsNull(budget.TakeRefused());
    }

    [TestMethod]
    public void Under_a_smaller_budget_what_is_there_stays_and_nothing_is_given()
    {
        var budget = Budget();
        var memory = new TenantMemory("acme", budget);
        memory.Of(TablePart.Sessions).Take(5_000);
        memory.Restore(null);
        memory.MayAsk = true;
        Assert.AreEqual(4_900, budget.Used);
        Assert.IsFalse(memory.Of(TablePart.Sessions).Grow(1));
        Assert.IsTrue(Tenant(budget, "other").Of(TablePart.Sessions).Grow(Reserved));
    }
}
