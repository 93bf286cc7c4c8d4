using System.Globalization;
using System.Text;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>The report for people.</summary>
internal static class GateMarkdown
{
    /// <param name="plots">File names of the plots beside it.</param>
    public static string Of(GateReport report, IReadOnlyList<string> plots)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# Challenger {report.Challenger} against champion {report.Champion}: {(report.Passed ? "passed" : "refused")}\n");
        var training = report.Training;
        Line($"Learned from {Printable.Of(training.Source)}, {training.From:yyyy-MM-dd HH:mm} to {training.To:yyyy-MM-dd HH:mm} UTC: {training.Rows:N0} windows of {training.Tenants:N0} tenants, {training.LeftOut:N0} under confirmed attacks left out, seed {training.Seed}.");
        Line($"Held out: {report.HeldOut.From:yyyy-MM-dd HH:mm} to {report.HeldOut.To:yyyy-MM-dd HH:mm} UTC, {report.HeldOut.Rows:N0} windows, {report.HeldOut.TenantDays:0.0} tenant-days with telemetry, {report.HeldOut.LeftOut:N0} windows left out.");
        foreach (var note in report.Notes) Line($"\n> {Printable.Of(note, 1000)}");
        Line($"\n## What decides\n\n| | champion | challenger | limit | |\n|---|---|---|---|---|");
        foreach (var rule in report.Rules) Line($"| {rule.Name} | {rule.Champion:0.####} | {rule.Challenger:0.####} | {rule.Limit:0.####} | {(rule.Passed ? "passed" : "**broken**")} |");
        Line($"\n## Attacks in made-up traffic\n\n| attack | played | champion found | challenger found | champion, median s | challenger, median s |\n|---|---|---|---|---|---|");
        foreach (var attack in report.Attacks)
            Line($"| {Names.Of(attack.Kind)} | {attack.Played} | {attack.Found.Champion} | {attack.Found.Challenger} | {attack.ChampionMedianSeconds:0} | {attack.ChallengerMedianSeconds:0} |");
        Line($"\nFalse alerts of medium or higher a tenant-day there: champion {report.SimulatedFalseAlerts.Champion:0.###}, challenger {report.SimulatedFalseAlerts.Challenger:0.###}. They decide nothing: the built-in model learned from traffic like it.");
        Line($"\n## Calibration\n\nHow often held-out windows were rarer than a probability says.\n\n| expected | champion | challenger |\n|---|---|---|");
        foreach (var level in report.Calibration) Line($"| {level.Expected:0.####} | {level.Champion:0.#####} | {level.Challenger:0.#####} |");
        if (report.Series.Count > 0) Line($"\n## Series\n\nThe time-series ensemble over the history's own series, as they are and with attacks put into them. The defaults stay unless others are clearly better on each of two halves.\n\n| series | | threshold | margin | alerts a series and week | injected attacks found |\n|---|---|---|---|---|---|");
        foreach (var choice in report.Series)
            foreach (var (name, trial) in choice.IsDefault ? [("default, kept", choice.Default)] : new[] { ("default", choice.Default), ("chosen", choice.Chosen) })
                Line($"| {Names.Of(choice.Kind)} ({choice.Series}) | {name} | {trial.Setting.Threshold:0.##} | {trial.Setting.Margin:0.###} | {trial.AlertsPerWeek:0.##} | {trial.Found} of {trial.Injected} |");
        Line($"\n## Drift\n\nPopulation stability index of the held-out part against {report.DriftAgainst}; from 0.1 a moderate, from 0.25 a large shift.\n\n| feature | principals | tenants | |\n|---|---|---|---|");
        foreach (var row in report.Drift.OrderByDescending(d => Math.Max(d.Principals, d.Tenants))) Line($"| {Names.Of(row.Feature)} | {row.Principals:0.000} | {row.Tenants:0.000} | {(row.IsLarge ? "large" : "")} |");
        Line($"\n## Cost\n\n| | champion | challenger |\n|---|---|---|\n| µs an event, whole detection | {report.MicrosecondsPerEvent.Champion:0.00} | {report.MicrosecondsPerEvent.Challenger:0.00} |\n| ns a window, held-out | {report.NanosecondsPerRow.Champion:0} | {report.NanosecondsPerRow.Challenger:0} |");
        foreach (var plot in plots) Line($"\n![{Path.GetFileNameWithoutExtension(plot)}]({plot})");
        return text.ToString();
    }
}
