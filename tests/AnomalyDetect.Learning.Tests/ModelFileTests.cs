using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests;

[TestClass]
public sealed class ModelFileTests
{
    private static string Written(TempDirectory directory)
    {
        var path = directory["a.model.json"];
        ModelFile.Write(path, SomeModel.Create());
        return path;
    }

    private static void Refused(string path, string why)
    {
        var message = Assert.ThrowsExactly<ModelException>(() => ModelFile.Read(path)).Message;
        StringAssert.Contains(message, why);
        StringAssert.Contains(message, path, "it says which file");
    }

    [TestMethod]
    public void What_was_written_is_read()
    {
        using var directory = new TempDirectory();
        var path = Written(directory);
        Assert.AreEqual(SomeModel.Create().Id(), ModelFile.Read(path).Id());
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(directory.Path), "nothing is left beside it");
    }

    [TestMethod]
    public void Settings_of_series_are_part_of_the_file_and_of_the_id_and_take_a_version_of_their_own()
    {
        using var directory = new TempDirectory();
        var chosen = new SeriesSettings { Logins = SeriesSetting.Default, ApiCalls = new SeriesSetting(1.8, 0.04), PrincipalApiCalls = SeriesSetting.Default };
        var model = SomeModel.Create().With(chosen);
        ModelFile.Write(directory["a.json"], model);
        var read = ModelFile.Read(directory["a.json"]);
        Assert.AreEqual(chosen, read.Series);
        Assert.AreEqual(4, read.Version);
        Assert.AreNotEqual(SomeModel.Create().Id(), read.Id());
        Assert.AreEqual(SomeModel.Create().Id(), read.With(null).Id(), "without them it is what it was");
        Assert.AreEqual(3, ModelFile.ReadDefault().Version);

        ModelFile.Write(directory["b.json"], model with { Version = 3 });
        Refused(directory["b.json"], "of version 3 and has settings of series");
        ModelFile.Write(directory["c.json"], model with { Series = chosen with { Logins = new SeriesSetting(0, 0.02) } });
        Refused(directory["c.json"], "series.Logins: Threshold");
    }

    [TestMethod]
    public void Every_member_is_read_and_none_may_be_missing()
    {
        using var directory = new TempDirectory();
        var model = SomeModel.Create().With(new SeriesSettings { Logins = new(1.5, 0.01), ApiCalls = new(1.6, 0.02), PrincipalApiCalls = new(1.7, 0.03) }) with
        {
            Cohorts = [SomeModel.Cohort([.. Enumerable.Range(0, Features.Count).Select(i => i / 8f)], 0.7f), SomeModel.Cohort(new float[Features.Count], 0.3f, rate: 3)],
        };
        var path = directory["whole.json"];
        ModelFile.Write(path, model);
        Assert.AreEqual(model.Id(), ModelFile.Read(path).Id(), "the id is of every member");

        var whole = JsonNode.Parse(File.ReadAllText(path))!["model"]!;
        foreach (var (owner, name) in Members(whole, "").Where(m => m != ("", "series")).ToList())
        {
            var lacking = JsonNode.Parse(File.ReadAllText(path))!;
            Assert.IsTrue(Members(lacking["model"]!, "").Contains((owner, name)));
            Owner(lacking["model"]!, owner).Remove(name);
            File.WriteAllText(directory["lacking.json"], lacking.ToJsonString());
            Refused(directory["lacking.json"], $"({name} is missing)");
        }
    }

    private static JsonObject Owner(JsonNode model, string path) =>
        path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(model, (at, step) => at is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : at[step]!).AsObject();

    /// <summary>Each member of each object, with the way to the object.</summary>
    private static IEnumerable<(string Owner, string Name)> Members(JsonNode node, string path) => node switch
    {
        JsonObject json => json.SelectMany(m => Members(m.Value!, $"{path}.{m.Key}").Prepend((path, m.Key))),
        JsonArray list => list.SelectMany((item, i) => Members(item!, $"{path}.{i}")),
        _ => [],
    };

    [TestMethod]
    public void The_built_in_model_is_named_by_what_its_JSON_hashes_to()
    {
        var model = ModelFile.ReadDefault();
        Assert.AreEqual(model.Hash()[..16], model.Id());
        var other = model with { WindowMinutes = model.WindowMinutes + 1 };
        Assert.AreEqual(other.Hash()[..16], other.Id());
        Assert.AreNotEqual(model.Id(), other.Id());
    }

    [TestMethod]
    public void The_built_in_model_can_be_read() => Assert.IsEmpty(ModelFile.ReadDefault().Validate());

    [TestMethod]
    public void A_missing_file_is_said()
    {
        using var directory = new TempDirectory();
        Refused(directory["none.json"], "there is none");
        Refused(directory.Path, "cannot be read");
    }

    [TestMethod]
    public void A_file_cut_short_anywhere_is_refused()
    {
        using var directory = new TempDirectory();
        var whole = File.ReadAllBytes(Written(directory));
        for (var length = 0; length < whole.Length - 2; length += 97)
        {
            File.WriteAllBytes(directory["cut.json"], whole[..length]);
            Refused(directory["cut.json"], "is cut short or is no model");
        }
    }

    [TestMethod]
    public void Another_version_is_named_even_where_nothing_else_can_be_read()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["new.json"], """{ "sha256": "", "model": { "version": 7, "trees": [] } }""");
        Refused(directory["new.json"], "is of version 7, and this program reads up to version 4");
    }

    [TestMethod]
    public void Another_feature_schema_does_not_fit()
    {
        using var directory = new TempDirectory();
        ModelFile.Write(directory["other.json"], SomeModel.Create() with { FeatureSchema = 9 });
        Refused(directory["other.json"], "feature schema 9");
    }

    [TestMethod]
    public void A_number_changed_by_hand_is_noticed()
    {
        using var directory = new TempDirectory();
        var path = Written(directory);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"score_unit\":0.9", "\"score_unit\":9", StringComparison.Ordinal));
        Refused(path, "its SHA-256 does not fit");
    }

    [TestMethod]
    [DataRow("[]")]
    [DataRow("{}")]
    [DataRow("null")]
    [DataRow("{\"model\": 5}")]
    [DataRow("{\"model\": null}")]
    [DataRow("{\"model\": {\"version\": 1}}")]
    [DataRow("PK\u0003\u0004")]
    public void What_is_no_model_is_refused(string text)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["x.json"], text, Encoding.UTF8);
        Assert.ThrowsExactly<ModelException>(() => ModelFile.Read(directory["x.json"]));
    }

    [TestMethod]
    public void Numbers_that_cannot_be_are_refused()
    {
        var model = SomeModel.Create();
        foreach (var broken in new[]
        {
            model with { WindowMinutes = 0 }, model with { Principal = model.Principal with { Mean = [1, 2] } }, model with { Tenant = model.Tenant with { ResidualVariance = 0 } },
            model with { Tenant = model.Tenant with { Variances = [] } }, model with { Principal = model.Principal with { Components = [] } },
            model with { Principal = model.Principal with { Components = [[1, 2]], } }, model with { Principal = model.Principal with { ScoreUnit = -1 } },
        })
            Assert.IsNotEmpty(broken.Validate());
    }
}
