using AnomalyDetect.Learning.Registry;

namespace AnomalyDetect.Learning.Tests.Registry;

/// <summary>Full disks, two jobs at once, a store that does not take the record: a clear outcome each, and the champion untouched.</summary>
[TestClass]
public sealed class RegistryFaultTests
{
    [TestMethod]
    public void A_disk_that_fills_anywhere_while_a_model_is_saved_leaves_no_half_version_and_it_can_be_tried_again()
    {
        using var rig = new RegistryRig();
        for (var room = 0; room < 3; room++)
        {
            rig.Disk.CallsLeft = room;
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Register(1)).Message, room < 2 ? "No space left on device" : "Input/output error");
            Assert.IsEmpty(rig.Registry.Ids());
            Assert.IsEmpty(Directory.GetDirectories(rig.Models), "nothing is left lying about");
            Assert.HasCount(room < 2 ? 0 : 1, rig.Recorded());
        }

        rig.Disk.CallsLeft = int.MaxValue;
        Assert.AreEqual(RegistryRig.Model(1).Id(), rig.Another().Load(rig.Register(1)).Id());
    }

    [TestMethod]
    public void A_disk_that_fills_anywhere_while_a_champion_is_named_leaves_the_champion_and_it_can_be_tried_again()
    {
        using var rig = new RegistryRig();
        var (one, two) = (rig.Register(1), rig.Register(2));
        rig.Registry.Promote(one, "ann", "better");
        var calls = rig.Recorded().Length;
        for (var room = 0; room < 4; room++)
        {
            rig.Disk.CallsLeft = room;
            var e = Assert.ThrowsExactly<ModelException>(() => rig.Registry.Promote(two, "ann", "better still"));
            StringAssert.Contains(e.Message, "What was in force stays in force");
            Assert.AreEqual((one, null), (rig.Another().Manifest(out var damage).Champion, damage));
            Assert.HasCount(room < 2 ? calls : ++calls, rig.Recorded(), "what was not even begun is not recorded");
        }

        rig.Disk.CallsLeft = int.MaxValue;
        Assert.AreEqual(two, rig.Registry.Promote(two, "ann", "better still").Champion);
        Assert.AreEqual(two, rig.Another().Manifest(out _).Champion);
    }

    [TestMethod]
    public void What_cannot_be_recorded_is_not_done()
    {
        using var rig = new RegistryRig();
        var one = rig.Register(1);
        rig.Store.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => rig.Registry.Promote(one, "ann", "better"));
        Assert.ThrowsExactly<ObjectDisposedException>(() => rig.Register(2));
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
        CollectionAssert.AreEqual(new[] { one }, rig.Registry.Ids().ToArray());
        Assert.IsFalse(File.Exists(rig["manifest.json"]));
    }

    [TestMethod]
    public void Of_two_jobs_at_once_in_two_processes_one_is_told_to_come_again()
    {
        using var rig = new RegistryRig();
        var one = rig.Register(1);
        using (new FileStream(rig["lock"], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            foreach (var call in new Action[] { () => rig.Registry.Promote(one, "ann", "better"), () => rig.Register(2), () => rig.Registry.RollBack("ann", "worse") })
                StringAssert.Contains(Assert.ThrowsExactly<ModelException>(call).Message, "Another process is changing the registry");
            Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
            Assert.AreEqual(one, rig.Registry.Load(one).Id(), "it can be read meanwhile");
        }

        Assert.AreEqual(one, rig.Registry.Promote(one, "ann", "better").Champion);
    }

    [TestMethod]
    public void Many_jobs_at_once_in_one_process_each_find_a_whole_registry_and_each_call_is_on_record()
    {
        using var rig = new RegistryRig();
        Parallel.For(0, 24, i =>
        {
            var id = rig.Register(i % 6);
            try
            {
                rig.Registry.Promote(id, $"job {i}", "better");
            }
            catch (ModelException e)
            {
                StringAssert.Contains(e.Message, "is the champion already");
            }

            Assert.AreEqual(id, rig.Registry.Load(id).Id());
        });
        Assert.HasCount(6, rig.Registry.Ids());
        var recorded = rig.Recorded();
        Assert.AreEqual(6, recorded.Count(c => c.StartsWith("model_register", StringComparison.Ordinal)));
        var promotions = recorded.Where(c => c.StartsWith("model_promote", StringComparison.Ordinal)).ToArray();
        Assert.AreEqual(promotions[^1].Split(' ')[1], rig.Champion);
        Assert.HasCount(promotions.Length, rig.Registry.Manifest(out _).Previous);
    }

    [TestMethod]
    public void What_a_crash_left_half_written_is_written_over()
    {
        using var rig = new RegistryRig();
        var id = RegistryRig.Model(1).Id();
        Directory.CreateDirectory(rig[$".{id}.part"]);
        File.WriteAllText(rig[$".{id}.part", "model.json"], "half");
        File.WriteAllText(rig["manifest.json.part"], "{");
        Assert.IsEmpty(rig.Registry.Ids());
        Assert.AreEqual(id, rig.Registry.Promote(rig.Register(1), "ann", "better").Champion);
        Assert.IsEmpty(Directory.GetFileSystemEntries(rig.Models, "*.part"));
    }
}
