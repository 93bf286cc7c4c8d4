using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>JSON for a person at a terminal: indented, letters and the signs of explanations as they are, whatever could steer a terminal escaped.</summary>
internal static class ReadableJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement, UnicodeRanges.GreekandCoptic),
    };

    public static string Of(JsonElement json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options)) json.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
