using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Learning.Triage;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests.Registry;

[TestClass]
public sealed class RefreshedTriageTests
{
    private static readonly byte[] First = TriageFile.ToBytes(SomeTriage.Above(50)), Second = TriageFile.ToBytes(SomeTriage.Above(60));

    private static double? Threshold(ModelRegistry registry, string id)
    {
        string? problem = null;
        var triage = registry.TriageOf(id, ref problem);
        Assert.IsNull(problem);
        return triage?.Trees[0].Thresholds[0];
    }

    private static string Promoted(RegistryRig rig, int number, byte[]? triage = null)
    {
        var attachments = triage is null ? null : new Dictionary<string, byte[]> { [TriageFile.FileName] = triage };
        var id = rig.Registry.Register(ModelFile.ToBytes(RegistryRig.Model(number)), new Dictionary<string, double>(), "ann", "made", out _, attachments).Id;
        rig.Registry.Promote(id, "ann", "better");
        return id;
    }

    [TestMethod]
    public void Trees_learned_anew_rank_beside_a_champion_that_stays_until_another_comes()
    {
        using var rig = new RegistryRig();
        var champion = Promoted(rig, 1, First);
        rig.Registry.RefreshTriage(First, "bob", "the same again", out var isNew);
        Assert.IsFalse(isNew, "they stand beside it already");
        rig.Registry.RefreshTriage(Second, "bob", "more verdicts", out isNew);
        Assert.IsTrue(isNew);
        Assert.AreEqual(60, Threshold(rig.Another(), champion));
        rig.Registry.RefreshTriage(Second, "bob", "more verdicts", out isNew);
        Assert.IsFalse(isNew);
        StringAssert.Contains(rig.Recorded()[^1], "triage_refresh");
        StringAssert.Contains(rig.Recorded()[^1], $"bob: more verdicts (beside {champion})");

        var next = Promoted(rig, 2);
        Assert.IsNull(Threshold(rig.Registry, next), "it came without");
        Assert.AreEqual(50, Threshold(rig.Registry, champion), "what was learned for the champion was not for this version");
        rig.Registry.RollBack("ann", "second thoughts");
        Assert.AreEqual(50, Threshold(rig.Registry, champion));
    }

    [TestMethod]
    public void The_built_in_model_can_have_them_and_older_trees_go()
    {
        using var rig = new RegistryRig();
        rig.Registry.RefreshTriage(First, "bob", "verdicts", out _);
        rig.Registry.RefreshTriage(Second, "bob", "more", out _);
        Assert.AreEqual(60, Threshold(rig.Another(), RegistryManifest.BuiltIn));
        Assert.HasCount(1, Directory.GetFiles(rig["triage"]));
        Assert.IsEmpty(rig.Registry.Ids(), "their folder is no version");
    }

    [TestMethod]
    public void Trees_that_were_changed_rank_nothing_and_the_same_again_put_it_right()
    {
        using var rig = new RegistryRig();
        rig.Registry.RefreshTriage(First, "bob", "verdicts", out _);
        var file = Directory.GetFiles(rig["triage"]).Single();
        File.AppendAllText(file, " ");
        string? problem = null;
        Assert.IsNull(rig.Another().TriageOf(RegistryManifest.BuiltIn, ref problem));
        StringAssert.Contains(problem, "was changed after it was written");
        rig.Registry.RefreshTriage(First, "bob", "verdicts", out var isNew);
        Assert.IsTrue(isNew);
        Assert.AreEqual(50, Threshold(rig.Another(), RegistryManifest.BuiltIn));
    }

    [TestMethod]
    public void What_holds_no_trees_is_refused()
    {
        using var rig = new RegistryRig();
        Assert.ThrowsExactly<ModelException>(() => rig.Registry.RefreshTriage("{}"u8.ToArray(), "bob", "rubbish", out _));
        Assert.IsEmpty(rig.Recorded());
    }

    [TestMethod]
    public void A_disk_that_fails_at_any_moment_leaves_trees_that_rank()
    {
        for (var calls = 0; calls < 6; calls++)
        {
            using var rig = new RegistryRig();
            rig.Registry.RefreshTriage(First, "bob", "verdicts", out _);
            rig.Disk.CallsLeft = calls;
            Assert.ThrowsExactly<ModelException>(() => rig.Registry.RefreshTriage(Second, "bob", "more", out _));
            Assert.AreEqual(50, Threshold(rig.Another(), RegistryManifest.BuiltIn), $"after {calls} calls");
        }
    }
}
