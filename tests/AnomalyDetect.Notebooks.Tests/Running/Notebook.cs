using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>A notebook's file (nbformat 4), with what nobody here asks for kept as it is.</summary>
internal sealed class Notebook
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Notebook(string json)
    {
        Json = JsonNode.Parse(json)!;
        CodeCells = [.. Json["cells"]!.AsArray().Where(c => (string)c!["cell_type"]! == "code").Select((c, i) => new CodeCell(i + 1, c!))];
    }

    public JsonNode Json { get; }

    public IReadOnlyList<CodeCell> CodeCells { get; }

    public static Notebook Read(string path) => new(File.ReadAllText(path));

    public string ToJson() => Json.ToJsonString(Written) + "\n";

    /// <summary>One string, or a list of lines that keep their ends.</summary>
    public static string TextOf(JsonNode text) => text is JsonArray lines ? string.Concat(lines.Select(l => (string)l!)) : (string)text!;

    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var from = 0; from < text.Length;)
        {
            var end = text.IndexOf('\n', from);
            var next = end < 0 ? text.Length : end + 1;
            lines.Add(text[from..next]);
            from = next;
        }

        return lines;
    }
}

/// <param name="Number">From 1, among the code cells.</param>
internal sealed record CodeCell(int Number, JsonNode Json)
{
    public string Source => Notebook.TextOf(Json["source"]!);

    public int? ExecutionCount => (int?)Json["execution_count"];

    public IReadOnlyList<CellOutput> Outputs => [.. Json["outputs"]!.AsArray().Select(o => CellOutput.Of(o!))];

    public void Replace(IReadOnlyList<CellOutput> outputs)
    {
        Json["execution_count"] = Number;
        Json["outputs"] = new JsonArray([.. outputs.Select(o => o.ToJson(Number))]);
    }
}
