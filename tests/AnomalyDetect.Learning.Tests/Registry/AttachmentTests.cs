using AnomalyDetect.Learning.Registry;

namespace AnomalyDetect.Learning.Tests.Registry;

[TestClass]
public sealed class AttachmentTests
{
    private static string Register(RegistryRig rig, int number, params (string Name, byte[] Bytes)[] attachments) =>
        rig.Registry.Register(ModelFile.ToBytes(RegistryRig.Model(number)), new Dictionary<string, double>(), "ann", "with company", out _, attachments.ToDictionary(a => a.Name, a => a.Bytes)).Id;

    [TestMethod]
    public void A_file_beside_a_model_is_hashed_with_it_and_refused_when_it_was_changed()
    {
        using var rig = new RegistryRig();
        var id = Register(rig, 1, ("profile.json", [1, 2, 3]));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, rig.Another().Attachment(id, "profile.json"));
        Assert.IsNull(rig.Registry.Attachment(id, "triage.json"));
        Assert.AreEqual(id, rig.Another().Load(id).Id());
        File.WriteAllBytes(rig[id, "profile.json"], [1, 2, 4]);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => rig.Another().Attachment(id, "profile.json")).Message, "was changed after it was registered");
        Assert.ThrowsExactly<ModelException>(() => rig.Another().Load(id));
    }

    [TestMethod]
    [DataRow("../escape.json")]
    [DataRow("model.json")]
    [DataRow("card.json")]
    [DataRow(".hidden")]
    [DataRow("")]
    public void A_name_that_is_not_plain_or_taken_is_refused(string name)
    {
        using var rig = new RegistryRig();
        Assert.ThrowsExactly<ModelException>(() => Register(rig, 1, (name, [1])));
        Assert.IsEmpty(rig.Registry.Ids());
    }

    [TestMethod]
    public void More_than_a_few_are_refused_and_a_view_changes_nothing()
    {
        using var rig = new RegistryRig();
        Assert.ThrowsExactly<ModelException>(() => Register(rig, 1, [.. Enumerable.Range(0, 9).Select(i => ($"{i}.json", new byte[] { 1 }))]));
        var id = Register(rig, 1, [.. Enumerable.Range(0, 8).Select(i => ($"{i}.json", new byte[] { 1 }))]);
        var view = RegistryView.Of(rig.Models);
        Assert.AreEqual(id, view.Load(id).Id());
        Assert.ThrowsExactly<NotSupportedException>(() => view.Promote(id, "ann", "by a view"));
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
    }
}
