using System.Text.RegularExpressions;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests.Registry;

/// <summary>Whatever is wrong with a model or the manifest: it is said, and the last good one is what is used.</summary>
[TestClass]
public sealed partial class RegistryDamageTests
{
    private static (string Before, string Champion) Two(RegistryRig rig)
    {
        var (one, two) = (rig.Register(1), rig.Register(2));
        rig.Registry.Promote(one, "ann", "better");
        rig.Registry.Promote(two, "ann", "better still");
        return (one, two);
    }

    private static void Refused(RegistryRig rig, string before, string champion, string why)
    {
        var message = Assert.ThrowsExactly<ModelException>(() => rig.Registry.Load(champion)).Message;
        StringAssert.Contains(message, why);
        Assert.AreEqual(message, Assert.ThrowsExactly<ModelException>(() => rig.Registry.Promote(champion, "ann", "a try")).Message);
        var good = LastGood.Of(rig.Another());
        Assert.AreEqual((before, before, message), (good.Id, good.Model.Id(), good.Problem));
    }

    [TestMethod]
    public void A_model_changed_anywhere_is_refused_and_the_champion_before_is_what_is_begun_with()
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        var path = rig[two, "model.json"];
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at += whole.Length / 23)
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            File.WriteAllBytes(path, changed);
            Refused(rig, one, two, "was changed after it was registered");
        }

        File.Delete(path);
        Refused(rig, one, two, "cannot be read");
        Directory.Delete(rig[one], recursive: true);
        Assert.AreEqual(RegistryManifest.BuiltIn, LastGood.Of(rig.Registry).Id, "nothing else is left");
    }

    [TestMethod]
    public void A_first_promotion_cut_off_between_its_two_renames_stands_and_is_no_damage()
    {
        using var rig = new RegistryRig();
        var one = rig.Register(1);
        rig.Registry.Promote(one, "ann", "better");
        File.Move(rig["manifest.json"], rig["manifest.json.part"]); // as a kill leaves it: the copy is in place, the other is not yet
        var left = rig.Another();
        Assert.AreEqual(one, left.Manifest(out var damage).Champion);
        Assert.IsNull(damage);
        Assert.IsNull(LastGood.Of(left).Problem);

        var two = rig.Register(2);
        left.Promote(two, "ann", "better still");
        Assert.AreEqual(two, rig.Another().Manifest(out damage).Champion);
        Assert.IsNull(damage);
        File.Delete(rig["manifest.json"]);
        rig.Another().Manifest(out damage);
        StringAssert.Contains(damage, "Its copy", "a manifest that is gone for another reason is damage");
    }

    [TestMethod]
    public void A_model_put_into_anothers_folder_is_refused()
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        foreach (var file in new[] { "model.json", "card.json" }) File.Copy(rig[one, file], rig[two, file], overwrite: true);
        Refused(rig, one, two, "renamed or mixed up");
    }

    [TestMethod]
    [DataRow("../../store.db")]
    [DataRow("/etc/passwd")]
    [DataRow("..")]
    [DataRow(".hidden")]
    [DataRow("a/b")]
    [DataRow("a\\\\b")]
    [DataRow("")]
    public void A_card_that_names_a_file_elsewhere_is_refused(string name)
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        Rewrite(rig[two, "card.json"], text => text.Replace("\"model.json\"", $"\"{name}\"", StringComparison.Ordinal));
        Refused(rig, one, two, "no plain name");
    }

    [TestMethod]
    public void Links_are_not_followed()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("links need rights on Windows");
            return;
        }

        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        File.Move(rig[two, "model.json"], rig[two, "elsewhere"]);
        File.CreateSymbolicLink(rig[two, "model.json"], rig[two, "elsewhere"]);
        Refused(rig, one, two, "is a link");
        Directory.Move(rig[two], rig["elsewhere"]);
        Directory.CreateSymbolicLink(rig[two], rig["elsewhere"]);
        Refused(rig, one, two, "is a link");
    }

    [TestMethod]
    public void A_card_cut_short_anywhere_is_refused()
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        var whole = File.ReadAllBytes(rig[two, "card.json"]);
        for (var length = 0; length < whole.Length - 1; length += 41)
        {
            File.WriteAllBytes(rig[two, "card.json"], whole[..length]);
            Refused(rig, one, two, "is cut short or is none");
        }
    }

    [TestMethod]
    public void A_registered_model_that_this_program_no_longer_fits_is_refused()
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        // As another version of this program would have registered it.
        var other = RegistryRig.Model(2) with { FeatureSchema = 9 };
        var id = other.Id();
        Directory.Move(rig[two], rig[id]);
        File.WriteAllBytes(rig[id, "model.json"], ModelFile.ToBytes(other));
        Rewrite(rig[id, "card.json"], text => Hash().Replace(text.Replace(two, id, StringComparison.Ordinal), ModelVersions.Sha256(ModelFile.ToBytes(other))));
        foreach (var manifest in new[] { "manifest.json", "manifest.copy.json" }) Rewrite(rig[manifest], text => text.Replace(two, id, StringComparison.Ordinal));
        Refused(rig, one, id, $"trained on feature schema 9, and this program computes schema {Features.Schema}");
    }

    [TestMethod]
    public void A_damaged_version_is_not_registered_over()
    {
        using var rig = new RegistryRig();
        var one = rig.Register(1);
        File.AppendAllText(rig[one, "model.json"], " ");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Register(1)).Message, $"move the folder {rig[one]} away");
        Directory.Delete(rig[one], recursive: true);
        Assert.AreEqual(one, rig.Register(1));
    }

    [TestMethod]
    public void With_a_manifest_cut_short_anywhere_the_champion_stays_the_champion_and_the_next_promotion_mends_it()
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        var whole = File.ReadAllBytes(rig["manifest.json"]);
        for (var length = 0; length < whole.Length - 1; length += 7)
        {
            File.WriteAllBytes(rig["manifest.json"], whole[..length]);
            var good = LastGood.Of(rig.Another());
            Assert.AreEqual(two, good.Id);
            StringAssert.Contains(good.Problem, "is cut short or is none");
            StringAssert.Contains(good.Problem, $"Its copy, which names {two} as champion, is used");
        }

        File.Delete(rig["manifest.json"]);
        Assert.AreEqual(two, LastGood.Of(rig.Another()).Id, "gone altogether");
        rig.Registry.RollBack("ann", "mend it");
        Assert.AreEqual((one, null), (rig.Registry.Manifest(out var damage).Champion, damage));
        File.WriteAllText(rig["manifest.json"], "{");
        rig.Registry.Promote(one, "ann", "mend it again");
        Assert.AreEqual((one, null), (rig.Registry.Manifest(out damage).Champion, damage));
    }

    [TestMethod]
    public void With_neither_manifest_nor_copy_readable_nothing_is_changed_and_the_built_in_model_is_used()
    {
        using var rig = new RegistryRig();
        var (one, _) = Two(rig);
        foreach (var name in new[] { "manifest.json", "manifest.copy.json" }) File.WriteAllText(rig[name], "{\"format\":");
        var good = LastGood.Of(rig.Another());
        Assert.AreEqual(RegistryManifest.BuiltIn, good.Id);
        StringAssert.Contains(good.Problem, "There is no copy to use either");
        var calls = rig.Recorded().Length;
        Assert.ThrowsExactly<ModelException>(() => rig.Registry.Promote(one, "ann", "a try"));
        Assert.ThrowsExactly<ModelException>(() => rig.Registry.RollBack("ann", "a try"));
        Assert.HasCount(calls, rig.Recorded());
    }

    [TestMethod]
    [DataRow("""{ "format": 2, "crowns": [] }""", "is of format 2, and this program reads up to 1")]
    [DataRow("""{ "format": 1, "champion": "../x", "previous": [] }""", "names ../x, which is no model's id")]
    [DataRow("""{ "format": 1, "champion": "built-in", "previous": [null] }""", "which is no model's id")]
    [DataRow("""{ "format": 1, "champion": "built-in", "previous": [], "shadow": "y" }""", "names y as shadow, which is no model's id")]
    [DataRow("""{ "format": 1, "champion": null, "previous": [] }""", "is cut short or is none")]
    [DataRow("""{ "format": 1, "previous": [] }""", "is cut short or is none")]
    [DataRow("[]", "is cut short or is none")]
    public void A_manifest_that_cannot_be_meant_is_refused(string text, string why)
    {
        using var rig = new RegistryRig();
        rig.Register(1);
        File.WriteAllText(rig["manifest.json"], text);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Registry.Manifest(out _)).Message, why);
    }

    [TestMethod]
    public void A_shadow_that_cannot_be_used_is_said_and_the_champion_stays()
    {
        using var rig = new RegistryRig();
        var (one, two) = Two(rig);
        rig.Registry.Shadow(one, "ann", "watch it");
        Assert.AreEqual(one, LastGood.Of(rig.Registry).Shadow!.Id());
        File.AppendAllText(rig[one, "model.json"], " ");
        var good = LastGood.Of(rig.Registry);
        Assert.AreEqual((two, null), (good.Id, good.Shadow));
        StringAssert.Contains(good.Problem, "The shadow cannot be used: model.json of model");
    }

    private static void Rewrite(string path, Func<string, string> change) => File.WriteAllText(path, change(File.ReadAllText(path)));

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();
}
