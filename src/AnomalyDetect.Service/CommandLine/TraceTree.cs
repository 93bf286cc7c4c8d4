using AnomalyDetect.Core;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>A trace as a tree of text: an event's by the steps it goes, an alert's by what happened to it and when.</summary>
internal static class TraceTree
{
    private const string Nothing = "nothing was found in it, nor in the windows it stands in";

    public static IEnumerable<string> OfEvent(string what, IReadOnlyList<TraceNote> notes)
    {
        var found = notes.Any(n => n.Step >= TraceStep.Finding) ? notes : [.. notes, new TraceNote(TraceStep.Finding, Nothing)];
        return Lines(what, [.. found.GroupBy(n => n.Step).OrderBy(g => g.Key).Select(g => (Names.Of(g.Key), g.Select(n => n.Text).ToList()))]);
    }

    /// <param name="isOpen">It was not over when the input ended.</param>
    public static IEnumerable<string> OfAlert(string what, IReadOnlyList<TraceNote> notes, bool isOpen)
    {
        List<(string Head, List<string> Lines)> chapters = [];
        foreach (var note in notes)
        {
            if (chapters.Count == 0 || chapters[^1].Head != (note.Chapter ?? "")) chapters.Add((note.Chapter ?? "", []));
            chapters[^1].Lines.Add($"{Names.Of(note.Step)}: {note.Text}");
        }

        if (isOpen) chapters.Add(("the input ends, and it is still open", []));
        return Lines(what, chapters);
    }

    private static IEnumerable<string> Lines(string what, IReadOnlyList<(string Head, List<string> Lines)> groups)
    {
        yield return what;
        foreach (var (i, (head, lines)) in groups.Index())
        {
            var last = i == groups.Count - 1;
            yield return $"{(last ? "└─" : "├─")} {head}";
            foreach (var (n, line) in lines.Index())
                yield return $"{(last ? "   " : "│  ")}{(n == lines.Count - 1 ? "└─" : "├─")} {line}";
        }
    }
}
