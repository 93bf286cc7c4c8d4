using System.Security.Cryptography;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Reading;

[TestClass]
public sealed class ApiKeyTests
{
    private static readonly byte[] Hash = SHA256.HashData("the key's text"u8);

    private static readonly ApiKey Key = new("k1", "shop floor", [ApiRole.Ingest, ApiRole.Enforcer], ["acme", "b"], Some.Time, null);

    [TestMethod]
    public void A_key_is_found_by_its_hash_with_its_roles_and_tenants()
    {
        using var store = new TestStore();
        var keys = store.Store.ApiKeys;
        Assert.IsFalse(keys.Any);
        keys.Add(Key, Hash, "setup");
        store.Reopen();
        keys = store.Store.ApiKeys;
        Assert.IsTrue(keys.Any);
        var found = keys.Find(Hash)!;
        Assert.AreEqual((Key.Id, Key.Name, Key.CreatedAt, Key.RevokedAt), (found.Id, found.Name, found.CreatedAt, found.RevokedAt));
        CollectionAssert.AreEqual(Key.Roles.ToArray(), found.Roles.ToArray());
        CollectionAssert.AreEqual(Key.Tenants.ToArray(), found.Tenants.ToArray());
        Assert.IsNull(keys.Find(SHA256.HashData("another"u8)));
    }

    [TestMethod]
    public void A_revoked_key_is_found_no_more_but_stays_in_the_list()
    {
        using var store = new TestStore();
        var keys = store.Store.ApiKeys;
        keys.Add(Key, Hash, "setup");
        store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.IsTrue(keys.Revoke("k1", "ann"));
        Assert.IsFalse(keys.Revoke("k1", "ann"));
        Assert.IsFalse(keys.Revoke("unknown", "ann"));
        Assert.IsNull(keys.Find(Hash));
        Assert.IsFalse(keys.Any);
        Assert.AreEqual(Some.Later, keys.List().Single().RevokedAt);
    }

    [TestMethod]
    public void Adding_and_revoking_are_ledger_entries_that_name_who_did_and_never_the_hash()
    {
        using var store = new TestStore();
        store.Store.ApiKeys.Add(Key, Hash, "setup");
        store.Store.ApiKeys.Revoke("k1", "ann");
        var payloads = store.Dump("CAST(payload AS TEXT)", "ledger");
        StringAssert.Contains(payloads, """{"actor":"setup","action":"api_key_add","subject":"k1","details":"shop floor: ingest, enforcer for acme, b"}""");
        StringAssert.Contains(payloads, """{"actor":"ann","action":"api_key_revoke","subject":"k1","details":""}""");
        Assert.DoesNotContain(Convert.ToHexString(Hash), payloads, StringComparison.OrdinalIgnoreCase);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_rotated_key_opens_by_both_texts_until_the_grace_has_passed_and_then_by_the_new_one_only()
    {
        using var store = new TestStore();
        var keys = store.Store.ApiKeys;
        byte[] second = SHA256.HashData("the second text"u8), third = SHA256.HashData("the third text"u8);
        keys.Add(Key, Hash, "setup");
        Assert.AreEqual(Some.Later, keys.Rotate("k1", second, Some.Later, "ann")!.PreviousUntil);
        Assert.AreEqual("k1", keys.Find(Hash)!.Id);
        Assert.AreEqual("k1", keys.Find(second)!.Id);
        store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.IsNull(keys.Find(Hash));
        keys.Rotate("k1", third, Some.Later.AddHours(1), "ann");
        Assert.IsNotNull(keys.Find(second), "of the text just before");
        Assert.IsNull(keys.Find(Hash));
        keys.Revoke("k1", "ann");
        Assert.IsNull(keys.Find(second));
        Assert.IsNull(keys.Find(third));
        Assert.IsNull(keys.Rotate("k1", SHA256.HashData("a fourth"u8), Some.Later, "ann"), "a revoked key stays revoked");
        Assert.ThrowsExactly<ArgumentException>(() => keys.Rotate("k1", third, Some.Later, "ann"));
        StringAssert.Contains(store.Dump("CAST(payload AS TEXT)", "ledger"), """"action":"api_key_rotate","subject":"k1"""");
        store.AssertWhole();
    }

    [TestMethod]
    public void A_key_that_has_run_out_is_found_no_more_and_cannot_be_rotated()
    {
        using var store = new TestStore();
        var keys = store.Store.ApiKeys;
        keys.Add(Key with { ExpiresAt = Some.Later }, Hash, "setup");
        Assert.AreEqual(Some.Later, keys.Find(Hash)!.ExpiresAt);
        store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.IsNull(keys.Find(Hash));
        Assert.IsNull(keys.Rotate("k1", SHA256.HashData("another"u8), Some.Later.AddHours(1), "ann"));
    }

    [TestMethod]
    public void The_last_use_of_a_key_never_goes_back()
    {
        using var store = new TestStore();
        var keys = store.Store.ApiKeys;
        keys.Add(Key, Hash, "setup");
        Assert.IsNull(keys.List().Single().LastUsedAt);
        keys.Used(new Dictionary<string, DateTime> { ["k1"] = Some.Later, ["gone"] = Some.Later });
        keys.Used(new Dictionary<string, DateTime> { ["k1"] = Some.Time });
        Assert.AreEqual(Some.Later, keys.List().Single().LastUsedAt);
        Assert.AreEqual(1, store.Ledger.Head.Sequence, "a use is no entry");
    }

    [TestMethod]
    public void An_id_or_a_text_used_before_is_refused()
    {
        using var store = new TestStore();
        var keys = store.Store.ApiKeys;
        keys.Add(Key, Hash, "setup");
        Assert.ThrowsExactly<ArgumentException>(() => keys.Add(Key, SHA256.HashData("other"u8), "setup"));
        Assert.ThrowsExactly<ArgumentException>(() => keys.Add(Key with { Id = "k2" }, Hash, "setup"));
        Assert.ThrowsExactly<ArgumentException>(() => keys.Add(Key with { Id = "k2" }, [1, 2], "setup"));
        Assert.HasCount(1, keys.List());
        Assert.AreEqual(1, store.Ledger.Head.Sequence);
    }
}
