extern alias plots;
using AnomalyDetect.Core;
using plots::ScottPlot;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>The report's plots (ScottPlot), PNG.</summary>
internal static class GatePlots
{
    private const int Width = 1000, Height = 640;

    /// <returns>File names; none where this machine lacks what ScottPlot draws with.</returns>
    public static IReadOnlyList<string> Write(GateReport report, string directory)
    {
        try
        {
            return [Save(Recall(report), directory, "recall.png"), Save(Calibration(report), directory, "calibration.png"), Save(Drift(report), directory, "drift.png")];
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            return [];
        }
    }

    private static string Save(Plot plot, string directory, string name)
    {
        plot.SavePng(Path.Combine(directory, name), Width, Height);
        return name;
    }

    private static Plot Recall(GateReport report)
    {
        var plot = new Plot();
        plot.Title("Attacks found, of those played");
        Pairs(plot, report.Attacks.Select(a => (Names.Of(a.Kind), a.Found.Champion / a.Played, a.Found.Challenger / a.Played)), "champion", "challenger");
        plot.Axes.SetLimitsY(0, 1.25);
        return plot;
    }

    private static Plot Calibration(GateReport report)
    {
        // Nothing observed has no logarithm: drawn at the bottom.
        const double Bottom = 1e-6;
        var plot = new Plot();
        plot.Title("Held-out windows rarer than expected (log10; on the line: calibrated)");
        plot.XLabel("expected");
        plot.YLabel("observed");
        double[] expected = [.. report.Calibration.Select(c => Math.Log10(c.Expected))];
        plot.Add.Scatter(expected, expected).LegendText = "calibrated";
        plot.Add.Scatter(expected, [.. report.Calibration.Select(c => Math.Log10(Math.Max(Bottom, c.Champion)))]).LegendText = "champion";
        plot.Add.Scatter(expected, [.. report.Calibration.Select(c => Math.Log10(Math.Max(Bottom, c.Challenger)))]).LegendText = "challenger";
        plot.ShowLegend();
        return plot;
    }

    private static Plot Drift(GateReport report)
    {
        var plot = new Plot();
        plot.Title("Drift (population stability index); on the line and above: large");
        Pairs(plot, report.Drift.Select(d => (Names.Of(d.Feature), d.Principals, d.Tenants)), "principals", "tenants");
        plot.Add.HorizontalLine(Learning.FeatureProfile.Large);
        return plot;
    }

    private static void Pairs(Plot plot, IEnumerable<(string Name, double First, double Second)> pairs, string first, string second)
    {
        List<(string Name, double First, double Second)> rows = [.. pairs];
        plot.Add.Bars([.. rows.Select((_, i) => (3.0 * i) + 0.6)], [.. rows.Select(r => r.First)]).LegendText = first;
        plot.Add.Bars([.. rows.Select((_, i) => (3.0 * i) + 1.4)], [.. rows.Select(r => r.Second)]).LegendText = second;
        plot.Axes.Bottom.SetTicks([.. rows.Select((_, i) => (3.0 * i) + 1)], [.. rows.Select(r => r.Name)]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = 60;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
        plot.Axes.Bottom.MinimumSize = 270;
        plot.ShowLegend(Alignment.UpperRight);
    }
}
