using System.CommandLine;
using System.CommandLine.Parsing;
using AnomalyDetect.Core;
using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Scoring;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>score</c>: a time-series detector over a file of points.</summary>
internal static class ScoreVerb
{
    public static Command Create(Terminal terminal)
    {
        var input = new Option<string>("--input") { Description = "CSV with a header and the columns timestamp and value; - is stdin.", Required = true, HelpName = "FILE" };
        var output = new Option<string>("--output") { Description = "Where timestamp,value,anomaly_score go; - is stdout.", Required = true, HelpName = "FILE" };
        var detector = new Option<SeriesDetectorKind>("--detector")
        {
            Description = $"Which one, under its defaults: {string.Join(", ", Names.All<SeriesDetectorKind>())}. Those with ssa in their name fit a model to the first 300 points and score what comes after.",
            HelpName = "NAME",
            CustomParser = Parse,
            DefaultValueFactory = _ => SeriesDetectorKind.Ensemble,
        };
        var verb = new Command("score", "Score a time series, 0 to 1 a point: from 0.5 on it is an alert. A point's score depends on those before it, never on those after.")
        {
            input, output, detector,
        };
        verb.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), parsed.GetValue(detector), terminal)));
        return verb;
    }

    private static SeriesDetectorKind Parse(ArgumentResult result)
    {
        if (Names.TryParse<SeriesDetectorKind>(result.Tokens[0].Value, out var kind)) return kind;
        result.AddError($"--detector must be one of {string.Join(", ", Names.All<SeriesDetectorKind>())}, not {Printable.Of(result.Tokens[0].Value, 40)}.");
        return default;
    }

    private static int Run(string input, string output, SeriesDetectorKind detector, Terminal terminal)
    {
        if (input != "-" && !File.Exists(input)) throw new UserException($"The file {Printable.Of(input)} does not exist; name a CSV of timestamp,value, or - for stdin.");
        using var signals = new StopSignals();
        using var progress = new ProgressLine(terminal);
        using var reader = input == "-" ? new StreamReader(Console.OpenStandardInput()) : new StreamReader(input);
        ScoredRows Score(TextWriter writer) => SeriesScorer.Run(
            reader, writer, new SeriesScoring(detector), rows => progress.Show(() => $"{rows:N0} points"), signals.Token);
        ScoredRows scored;
        if (output == "-")
        {
            scored = Score(terminal.Out);
        }
        else
        {
            // Beside its place first, so that a run that fails leaves no half file under the name asked for.
            var draft = output + ".partial";
            try
            {
                using (var writer = new StreamWriter(draft)) scored = Score(writer);
                File.Move(draft, output, overwrite: true);
            }
            finally
            {
                File.Delete(draft);
            }
        }

        progress.Dispose();
        terminal.Error.WriteLine($"{scored.Rows:N0} points, {scored.Gaps:N0} without a value, {scored.Alerts:N0} alerts");
        return UserException.Done;
    }
}
