using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Learning.Series;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests.Series;

[TestClass]
public sealed class SeriesTunerTests
{
    private const int Days = 21;

    public required TestContext TestContext { get; init; }

    /// <summary>Windows of tenants with a service each; calls follow the day, and now and then come in a lump.</summary>
    /// <param name="lumpsPerDay">Of each tenant: windows that hold several times the usual, for no reason.</param>
    private static List<FeatureRow> Rows(int seed, double lumpsPerDay, int tenants = 8)
    {
        var (dice, rows) = (new Random(seed), new List<FeatureRow>());
        for (var t = 0; t < tenants; t++)
        {
            var (tenant, service) = (Symbol.Create($"tenant {t}"), Symbol.Create("svc"));
            for (var w = 0; w < Days * 288; w++)
            {
                var level = 120 * (1.2 + Math.Sin(2 * Math.PI * (w % 288) / 288)) * (t + 1);
                var calls = Math.Round(Math.Max(0, level + (Math.Sqrt(level) * Gaussian(dice))));
                if (dice.NextDouble() < lumpsPerDay / 288) calls *= 2 + (2 * dice.NextDouble());
                rows.Add(Row(tenant, service, w, calls));
                rows.Add(Row(tenant, null, w, calls));
            }
        }

        return rows;
    }

    private static FeatureRow Row(Symbol tenant, Symbol? principal, int window, double calls)
    {
        var vector = default(FeatureVector);
        vector[Feature.ApiCalls] = (float)Math.Log(1 + calls);
        vector[Feature.Logins] = (float)Math.Log(1 + Math.Round(calls / 40));
        return new FeatureRow(tenant, principal, SomeTelemetry.Monday.Date.AddMinutes(5 * window).Ticks, vector);
    }

    private static double Gaussian(Random dice) => Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());

    private static IReadOnlyList<SeriesChoice> Choose(IReadOnlyList<FeatureRow> rows, int seed = 1) => new SeriesTuner(new BudgetOptions(), 5, seed).Choose([rows]);

    private void Show(IReadOnlyList<SeriesChoice> choices)
    {
        foreach (var c in choices)
            TestContext.WriteLine($"{c.Kind} ({c.Series}): default {c.Default.AlertsPerWeek:0.00} a week, {c.Default.Recall:P0}; chosen {c.Chosen.Setting} {c.Chosen.AlertsPerWeek:0.00}, {c.Chosen.Recall:P0}");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Where_series_never_surprise_less_evidence_will_do_and_finds_more_also_in_series_nothing_was_chosen_by(int seed)
    {
        var choices = Choose(Rows(seed, lumpsPerDay: 0));
        Show(choices);
        Assert.HasCount(3, choices);
        Assert.IsNotNull(SeriesTuner.ToSettings(choices));
        foreach (var choice in choices.Where(c => !c.IsDefault))
        {
            Assert.IsLessThan(SeriesSetting.Default.Threshold, choice.Chosen.Setting.Threshold);
            var (usual, chosen) = (Elsewhere(seed, 0, choice.Kind, SeriesSetting.Default), Elsewhere(seed, 0, choice.Kind, choice.Chosen.Setting));
            TestContext.WriteLine($"elsewhere: default {usual.AlertsPerWeek:0.00}, {usual.Recall:P0}; chosen {chosen.AlertsPerWeek:0.00}, {chosen.Recall:P0}");
            Assert.IsGreaterThan(usual.Recall, chosen.Recall);
            Assert.IsLessThanOrEqualTo(usual.Alerts + 2, chosen.Alerts);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Where_the_defaults_do_well_nothing_that_is_chosen_costs_much_elsewhere(int seed)
    {
        var choices = Choose(Rows(seed, lumpsPerDay: 0.3));
        Show(choices);
        foreach (var choice in choices.Where(c => !c.IsDefault))
        {
            var (usual, chosen) = (Elsewhere(seed, 0.3, choice.Kind, SeriesSetting.Default), Elsewhere(seed, 0.3, choice.Kind, choice.Chosen.Setting));
            Assert.IsGreaterThan(usual.Recall - SeriesTuner.MayLose, chosen.Recall);
            Assert.IsLessThanOrEqualTo((1.2 * usual.Alerts) + 3, chosen.Alerts);
        }
    }

    /// <summary>Over the series of another seed, with attacks at other times.</summary>
    private static SeriesTrial Elsewhere(int seed, double lumpsPerDay, SeriesKind kind, SeriesSetting setting)
    {
        var series = new SeriesHistory(5).Collect([Rows(seed + 100, lumpsPerDay)]).Where(s => s.Kind == kind);
        return SeriesTrial.Sum(series.Select((s, i) => new SeriesRehearsal(s, seed + (100 * i), 4).Try(setting)));
    }

    [TestMethod]
    public void The_same_rows_and_seed_give_the_same_choice_and_a_handful_of_series_keeps_the_defaults()
    {
        var rows = Rows(4, lumpsPerDay: 6);
        CollectionAssert.AreEqual(Choose(rows).ToArray(), Choose(rows).ToArray());
        Assert.IsEmpty(Choose(Rows(4, lumpsPerDay: 6, tenants: 3)));
        Assert.IsNull(SeriesTuner.ToSettings([]));
    }

    [TestMethod]
    public void Days_too_few_for_attacks_to_be_put_into_them_keep_the_defaults()
    {
        var few = Rows(5, lumpsPerDay: 3).Where(r => r.Start < SomeTelemetry.Monday.Date.AddDays(4).Ticks).ToList();
        Assert.IsNull(SeriesTuner.ToSettings(Choose(few)));
    }

    [TestMethod]
    public void Series_come_from_tenants_and_from_whom_is_busy_and_gaps_stay_gaps()
    {
        var rows = Rows(6, 0, tenants: 4);
        var quiet = Symbol.Create("quiet");
        rows.RemoveAll(r => r.Start == SomeTelemetry.Monday.Date.AddMinutes(50).Ticks);
        rows.AddRange(Enumerable.Range(0, 500).Select(w => Row(rows[0].Tenant, quiet, w, 20)));
        var series = new SeriesHistory(5).Collect([rows]);
        Assert.AreEqual(4, series.Count(s => s.Kind == SeriesKind.Logins));
        Assert.AreEqual(4, series.Count(s => s.Kind == SeriesKind.PrincipalApiCalls), "not the quiet one");
        Assert.IsTrue(series.All(s => float.IsNaN(s.Counts[10]) && !float.IsNaN(s.Counts[11]) && s.Counts.Length == Days * 288));
    }
}
