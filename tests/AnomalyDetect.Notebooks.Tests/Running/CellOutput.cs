using System.Text.Json.Nodes;

namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>What a cell shows, as nbformat 4 knows it.</summary>
/// <param name="Type"><c>stream</c>, <c>display_data</c> or <c>execute_result</c>.</param>
/// <param name="Mime">Of a stream <c>text/plain</c>.</param>
/// <param name="Text">Of an image its bytes in base64.</param>
internal sealed record CellOutput(string Type, string Mime, string Text)
{
    public const string Stream = "stream", Displayed = "display_data", Result = "execute_result", Plain = "text/plain", Png = "image/png";

    public bool IsImage => Mime.StartsWith("image/", StringComparison.Ordinal);

    public static CellOutput Of(JsonNode output)
    {
        var type = (string)output["output_type"]!;
        if (type == Stream) return new CellOutput(type, Plain, Notebook.TextOf(output["text"]!));
        if (type is not (Displayed or Result)) throw new FormatException($"An output of type '{type}' is not one a notebook should be kept with.");
        var (mime, text) = output["data"]!.AsObject().Single();
        return new CellOutput(type, mime, Notebook.TextOf(text!));
    }

    public JsonObject ToJson(int execution)
    {
        if (Type == Stream) return new JsonObject { ["name"] = "stdout", ["output_type"] = Type, ["text"] = Notebook.Lines(Text) };
        var json = new JsonObject { ["data"] = new JsonObject { [Mime] = IsImage ? Text : Notebook.Lines(Text) } };
        if (Type == Result) json["execution_count"] = execution;
        json["metadata"] = new JsonObject();
        json["output_type"] = Type;
        return json;
    }
}
