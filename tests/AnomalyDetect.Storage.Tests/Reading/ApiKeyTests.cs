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
