using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests.Registry;

[TestClass]
public sealed class ModelRegistryTests
{
    [TestMethod]
    public void A_registered_model_has_a_card_that_says_where_it_comes_from_and_is_not_used_before_it_is_promoted()
    {
        using var rig = new RegistryRig();
        var model = RegistryRig.Model(1);
        var file = ModelFile.ToBytes(model);
        var card = rig.Registry.Register(file, new Dictionary<string, double> { ["recall"] = 0.98 }, "ann", "a week of March", out var isNew);
        Assert.IsTrue(isNew);
        Assert.AreEqual(model.Id(), card.Id);
        Assert.AreEqual((model.Version, model.FeatureSchema, model.Training), (card.ModelVersion, card.FeatureSchema, card.Training));
        Assert.AreEqual(("ann", "a week of March", 0.98, (string?)null), (card.RegisteredBy, card.Reason, card.Metrics["recall"], card.Parent));
        Assert.AreEqual(file.Length, card.Files.Single().Bytes);
        Assert.AreEqual(model.Id(), rig.Another().Load(card.Id).Id());
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
        CollectionAssert.AreEquivalent(new[] { card.Id }, rig.Registry.Ids().ToArray());
        CollectionAssert.AreEquivalent(new[] { "card.json", "model.json" }, Directory.GetFiles(rig[card.Id]).Select(f => Path.GetFileName(f)).ToArray());
    }

    [TestMethod]
    public void Registering_the_same_again_changes_and_records_nothing()
    {
        using var rig = new RegistryRig();
        var first = rig.Register(1);
        var written = File.ReadAllText(rig[first, "card.json"]);
        var again = rig.Another().Register(ModelFile.ToBytes(RegistryRig.Model(1)), new Dictionary<string, double>(), "ben", "again", out var isNew);
        Assert.IsFalse(isNew);
        Assert.AreEqual("ann", again.RegisteredBy);
        Assert.AreEqual(written, File.ReadAllText(rig[first, "card.json"]));
        Assert.HasCount(1, rig.Recorded());
    }

    [TestMethod]
    public void Registration_promotion_and_rollback_stand_in_the_ledger_with_who_and_why()
    {
        using var rig = new RegistryRig();
        var (one, two) = (rig.Register(1), rig.Register(2));
        rig.Registry.Promote(one, "ann", "better on March");
        Assert.AreEqual(one, rig.Another().Card(rig.Register(3)).Parent, "what it would follow");
        rig.Registry.Promote(two, "ben", "better on April");
        Assert.AreEqual(two, rig.Champion);
        rig.Registry.RollBack("ann", "too many alerts");
        Assert.AreEqual(one, rig.Champion);
        rig.Registry.RollBack("ann", "still too many");
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
        Assert.AreEqual("There is nothing to roll back to: no model was promoted before.", Assert.ThrowsExactly<ModelException>(() => rig.Registry.RollBack("ann", "more")).Message);

        var recorded = rig.Recorded();
        Assert.HasCount(7, recorded);
        StringAssert.Contains(recorded[0], $"model_register {one} ann: model 1 (SHA-256 {rig.Registry.Card(one).Files[0].Sha256})");
        Assert.AreEqual($"model_promote {one} ann: better on March (in place of built-in)", recorded[2]);
        Assert.AreEqual($"model_promote {two} ben: better on April (in place of {one})", recorded[4]);
        Assert.AreEqual($"model_rollback {one} ann: too many alerts (in place of {two})", recorded[5]);
        Assert.AreEqual($"model_rollback built-in ann: still too many (in place of {one})", recorded[6]);
        Assert.IsNull(rig.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    public void The_built_in_model_can_be_promoted_like_any_other_and_the_champion_not_twice()
    {
        using var rig = new RegistryRig();
        var one = rig.Register(1);
        rig.Registry.Promote(one, "ann", "better");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Promote(one, "ann", "again")).Message, "is the champion already");
        rig.Registry.Promote(RegistryManifest.BuiltIn, "ann", "back to the beginning");
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
        Assert.AreEqual(ModelFile.ReadDefault().Id(), rig.Registry.Load(rig.Champion).Id());
        Assert.AreEqual(one, rig.Registry.RollBack("ann", "no").Champion);
    }

    [TestMethod]
    public void A_shadow_is_set_taken_away_and_ends_when_it_becomes_the_champion_all_on_record()
    {
        using var rig = new RegistryRig();
        var (one, two) = (rig.Register(1), rig.Register(2));
        rig.Registry.Promote(one, "ann", "better");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Shadow(one, "ann", "x")).Message, "is the champion");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Shadow(null, "ann", "x")).Message, "no shadow");
        Assert.AreEqual(two, rig.Registry.Shadow(two, "ann", "watch it").Shadow);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Shadow(two, "ann", "x")).Message, "is the shadow already");
        Assert.IsNull(rig.Registry.Shadow(null, "ben", "seen enough").Shadow);
        rig.Registry.Shadow(two, "ann", "watch it again");
        Assert.AreEqual((two, (string?)null), (rig.Registry.Promote(two, "ann", "it was better").Champion, rig.Registry.Manifest(out _).Shadow));
        rig.Registry.Shadow(one, "ann", "the other way round");
        Assert.AreEqual((one, (string?)null), (rig.Registry.RollBack("ann", "no").Champion, rig.Registry.Manifest(out _).Shadow));

        var recorded = rig.Recorded().Where(c => c.StartsWith("model_shadow", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(4, recorded);
        Assert.AreEqual($"model_shadow {two} ann: watch it (in place of none)", recorded[0]);
        Assert.AreEqual($"model_shadow none ben: seen enough (in place of {two})", recorded[1]);
    }

    [TestMethod]
    [DataRow("../../etc")]
    [DataRow("..")]
    [DataRow("")]
    [DataRow("/etc")]
    [DataRow("0123456789ABCDEF")]
    [DataRow("0123456789abcdef/..")]
    [DataRow("0123456789abcdef")]
    public void What_is_no_registered_models_id_is_refused(string id)
    {
        using var rig = new RegistryRig();
        rig.Register(1);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Promote(id, "ann", "a trick")).Message, "There is no model");
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
    }

    [TestMethod]
    public void What_this_program_cannot_use_is_not_registered()
    {
        using var rig = new RegistryRig();
        var other = ModelFile.ToBytes(SomeModel.Create() with { FeatureSchema = 9 });
        foreach (var (bytes, why) in new[] { (other, "feature schema 9"), (other[..^40], "is cut short"), ("{}"u8.ToArray(), "no model") })
        {
            var e = Assert.ThrowsExactly<ModelException>(() => rig.Registry.Register(bytes, new Dictionary<string, double>(), "ann", "why", out _));
            StringAssert.Contains(e.Message, why);
        }

        var many = Enumerable.Range(0, 1001).ToDictionary(i => $"m{i}", i => (double)i);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Register(ModelFile.ToBytes(RegistryRig.Model(1)), many, "ann", "why", out _)).Message, "Metrics");
        Assert.IsEmpty(rig.Registry.Ids());
        Assert.IsEmpty(rig.Recorded());
    }

    [TestMethod]
    public void Only_their_owner_may_read_what_is_written()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("file modes are Unix's");
            return;
        }

        using var rig = new RegistryRig();
        var id = rig.Register(1);
        rig.Registry.Promote(id, "ann", "better");
        foreach (var file in new[] { rig[id, "model.json"], rig[id, "card.json"], rig["manifest.json"], rig["manifest.copy.json"] })
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file), file);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(rig.Models));
    }
}
