using AnomalyDetect.Learning.Registry;

namespace AnomalyDetect.Learning.Tests.Registry;

[TestClass]
public sealed class PruneTests
{
    [TestMethod]
    public void The_newest_the_champion_its_parent_the_shadow_and_the_way_back_stay()
    {
        using var rig = new RegistryRig();
        var first = rig.Register(1);
        rig.Registry.Promote(first, "ann", "first");
        var second = rig.Register(2); // whose parent is the first
        var third = rig.Register(3);
        rig.Registry.Promote(third, "ann", "third");
        rig.Registry.Promote(second, "ann", "second"); // back is the third
        var shadow = rig.Register(4);
        rig.Registry.Shadow(shadow, "ann", "watch");
        var (fifth, sixth) = (rig.Register(5), rig.Register(6));

        CollectionAssert.AreEqual(new[] { fifth }, rig.Registry.Prune(1, "ann", "tidy").ToArray());
        CollectionAssert.AreEquivalent(new[] { first, second, third, shadow, sixth }, rig.Registry.Ids().ToArray());
        StringAssert.StartsWith(rig.Recorded()[^1], $"model_prune {fifth} ann: tidy");

        rig.Registry.RollBack("ann", "back");
        Assert.AreEqual(third, rig.Champion);
        CollectionAssert.AreEquivalent(new[] { second, sixth }, rig.Registry.Prune(0, "ann", "all").ToArray(), "the way back from the third is the first");
        Assert.IsEmpty(rig.Registry.Prune(0, "ann", "again"));
        Assert.AreEqual(first, rig.Registry.RollBack("ann", "further back").Champion);
    }

    [TestMethod]
    public void A_rollback_skips_champions_that_are_gone()
    {
        using var rig = new RegistryRig();
        var ids = Enumerable.Range(1, 4).Select(rig.Register).ToArray();
        foreach (var id in ids) rig.Registry.Promote(id, "ann", "next");
        CollectionAssert.AreEquivalent(ids[..2], rig.Registry.Prune(0, "ann", "tidy").ToArray());
        Assert.AreEqual(ids[2], rig.Registry.RollBack("ann", "back").Champion);
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Registry.RollBack("ann", "and back").Champion);
    }

    [TestMethod]
    public void Nothing_is_removed_by_a_registry_that_cannot_say_what_must_stay_or_cannot_be_written()
    {
        using var rig = new RegistryRig();
        var (one, two, three) = (rig.Register(1), rig.Register(2), rig.Register(3));
        rig.Registry.Promote(one, "ann", "one");
        rig.Disk.CallsLeft = 0;
        Assert.ThrowsExactly<ModelException>(() => rig.Registry.Prune(0, "ann", "tidy"));
        rig.Disk.CallsLeft = int.MaxValue;
        Assert.HasCount(3, rig.Registry.Ids());

        File.WriteAllText(rig["manifest.json"], "{");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Prune(0, "ann", "tidy")).Message, "Nothing is removed before");
        File.Copy(rig["manifest.copy.json"], rig["manifest.json"], overwrite: true);
        File.WriteAllText(rig[two, "card.json"], "{");
        CollectionAssert.AreEqual(new[] { three }, rig.Registry.Prune(0, "ann", "tidy").ToArray(), "what cannot be read is for a person");
    }
}
