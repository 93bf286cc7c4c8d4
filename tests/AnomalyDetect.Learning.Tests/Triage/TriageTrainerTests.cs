using System.Text;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Learning.Tests.Registry;
using AnomalyDetect.Learning.Triage;

namespace AnomalyDetect.Learning.Tests.Triage;

[TestClass]
public sealed class TriageTrainerTests
{
    [TestMethod]
    public void What_is_walked_is_what_ML_NET_predicts_of_every_row_also_after_a_way_through_the_file()
    {
        List<JudgedAlert> rows = [.. SomeVerdicts.Of(true, 150), .. SomeVerdicts.Of(false, 150)];
        var fitted = FittedTrees.Fit(rows, 1);
        var model = TriageFile.Parse(TriageFile.ToBytes(fitted.ToModel(0.9)));
        Assert.IsGreaterThan(10, model.Trees.Count(t => t.Features.Count > 0), "there is something to walk");
        var probabilities = fitted.Probabilities(rows);
        foreach (var (row, expected) in rows.Zip(probabilities)) Assert.AreEqual(expected, model.Probability(row.Values), 1e-6);
        Assert.IsGreaterThan(0.3, probabilities.Max() - probabilities.Min());
    }

    [TestMethod]
    public void An_attack_is_mostly_put_above_what_was_waved_away_and_the_drivers_say_why()
    {
        var model = TriageTrainer.Train(SomeVerdicts.Of(true, 100), SomeVerdicts.Of(false, 100), 1);
        Assert.IsGreaterThan(0.75, model.Auc);
        Assert.AreEqual((100, 100), (model.Confirmed, model.WavedAway));
        var alert = SomeVerdicts.Alert(new Random(5), true) with { Score = 94 };
        var (high, low) = (model.Judge(alert), model.Judge(alert with { Score = 26, LastSeenAt = alert.WindowStart }));
        Assert.IsGreaterThan(low.Probability, high.Probability);
        Assert.IsTrue(high.Drivers.Any(d => d is { Feature: "score", Effect: > 0 }), string.Join(", ", high.Drivers));
        Assert.IsTrue(low.Drivers.Any(d => d is { Feature: "score", Effect: < 0 }), string.Join(", ", low.Drivers));
    }

    [TestMethod]
    public void The_same_verdicts_and_seed_give_the_same_bytes()
    {
        byte[] Train() => TriageFile.ToBytes(TriageTrainer.Train(SomeVerdicts.Of(true, 60), SomeVerdicts.Of(false, 60), 7));
        CollectionAssert.AreEqual(Train(), Train());
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(24, 25)]
    [DataRow(9, 200)]
    [DataRow(200, 9)]
    public void Too_few_verdicts_are_said_with_how_many_there_are(int attacks, int others)
    {
        var e = Assert.ThrowsExactly<TooLittleException>(() => TriageTrainer.Train(SomeVerdicts.Of(true, attacks), SomeVerdicts.Of(false, others), 1));
        StringAssert.Contains(e.Message, $"there are {attacks} and {others}");
    }

    [TestMethod]
    public void Verdicts_that_say_this_of_an_alert_and_that_of_one_like_it_leave_triage_off()
    {
        var alike = SomeVerdicts.Of(true, 100);
        var others = alike.Select(a => new JudgedAlert { Values = a.Values, IsAttack = false });
        StringAssert.Contains(Assert.ThrowsExactly<TooLittleException>(() => TriageTrainer.Train(alike, others, 1)).Message, "The verdicts contradict each other");
    }

    [TestMethod]
    public void The_area_under_the_curve_counts_pairs_and_halves_ties()
    {
        Assert.AreEqual(1, TriageTrainer.Auc([(0.9, true), (0.1, false)]));
        Assert.AreEqual(0, TriageTrainer.Auc([(0.1, true), (0.9, false)]));
        Assert.AreEqual(0.5, TriageTrainer.Auc([(0.5, true), (0.5, false)]));
        Assert.AreEqual(0.625, TriageTrainer.Auc([(0.9, true), (0.4, true), (0.4, false), (0.5, false)]), 1e-9);
    }

    [TestMethod]
    [DataRow("\"format\":1", "\"format\":9", "it is of format 9")]
    [DataRow("\"severity\"", "\"serenity\"", "other features")]
    [DataRow("\"low\":[", "\"low\":[0,", "do not fit each other")]
    [DataRow("\"features\":[", "\"features\":[-", "cut short or holds no trees")]
    [DataRow("}]", "", "cut short or holds no trees")]
    public void A_file_that_does_not_fit_is_refused_in_a_sentence(string from, string to, string why)
    {
        var text = Encoding.UTF8.GetString(TriageFile.ToBytes(FittedTrees.Fit([.. SomeVerdicts.Of(true, 40), .. SomeVerdicts.Of(false, 40)], 1).ToModel(1)));
        StringAssert.Contains(text, from);
        var e = Assert.ThrowsExactly<ModelException>(() => TriageFile.Parse(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal))));
        StringAssert.Contains(e.Message, why);
        StringAssert.Contains(e.Message, "anomalydetect train");
    }

    [TestMethod]
    public void A_tree_that_would_be_walked_for_ever_is_refused()
    {
        var model = FittedTrees.Fit([.. SomeVerdicts.Of(true, 40), .. SomeVerdicts.Of(false, 40)], 1).ToModel(1);
        var tree = model.Trees.First(t => t.Features.Count > 1);
        StringAssert.Contains((model with { Trees = [tree with { Low = [0, .. tree.Low.Skip(1)] }] }).Problem(), "leads nowhere");
        StringAssert.Contains((model with { Trees = [tree with { Features = [9999, .. tree.Features.Skip(1)] }] }).Problem(), "a feature there is not");
        Assert.IsNull((model with { Trees = [tree] }).Problem());
    }

    [TestMethod]
    public void Damaged_beside_a_champion_it_is_off_and_the_champion_stays()
    {
        using var rig = new RegistryRig();
        var trees = FittedTrees.Fit([.. SomeVerdicts.Of(true, 40), .. SomeVerdicts.Of(false, 40)], 1).ToModel(1);
        var files = new Dictionary<string, byte[]> { [TriageFile.FileName] = TriageFile.ToBytes(trees) };
        var id = rig.Registry.Register(ModelFile.ToBytes(RegistryRig.Model(1)), new Dictionary<string, double>(), "ann", "with triage", out _, files).Id;
        rig.Registry.Promote(id, "ann", "better");
        string? problem = null;
        Assert.AreEqual(trees.Trees.Count, rig.Another().TriageOf(id, ref problem)!.Trees.Count);
        Assert.IsNull(problem);

        File.AppendAllText(rig[id, TriageFile.FileName], " ");
        Assert.IsNull(rig.Another().TriageOf(id, ref problem));
        StringAssert.Contains(problem, "Triage is off");
        StringAssert.Contains(problem, "was changed after it was registered");
        Assert.AreEqual(id, rig.Another().Load(id).Id());
    }
}
