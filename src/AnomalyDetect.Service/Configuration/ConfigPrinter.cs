using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Configuration;

/// <summary>Writes options as the file would have them: snake_case, durations as people write them, references in place of secrets, URLs without their path.</summary>
public static class ConfigPrinter
{
    public static string Print(object options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(json, options);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(Printable.Of(text)); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number: json.WriteNumberValue(number); break;
            case TimeSpan span: json.WriteStringValue(Duration.Format(span)); break;
            case Enum word: json.WriteStringValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString())); break;
            case SecretReference secret: WriteSecret(json, secret); break;
            case SettingValue { Secret: { } secret }: WriteSecret(json, secret); break;
            case SettingValue setting: json.WriteStringValue(WithoutPath(setting.Text!)); break;
            case IDictionary map: WriteMap(json, map); break;
            case IEnumerable list: WriteList(json, list); break;
            default: WriteRecord(json, value); break;
        }
    }

    private static void WriteSecret(Utf8JsonWriter json, SecretReference secret)
    {
        json.WriteStartObject();
        json.WriteString(secret.Env is not null ? "env" : "file", Printable.Of(secret.Env ?? secret.File));
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName(Printable.Of((string)entry.Key));
            Write(json, entry.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IEnumerable list)
    {
        json.WriteStartArray();
        foreach (var item in list) Write(json, item);
        json.WriteEndArray();
    }

    private static void WriteRecord(Utf8JsonWriter json, object value)
    {
        json.WriteStartObject();
        foreach (var (name, property) in RecordShape.Of(value.GetType()).Members)
        {
            json.WritePropertyName(name);
            Write(json, property.GetValue(value));
        }

        json.WriteEndObject();
    }

    // The path and query of a URL may hold a token.
    private static string WithoutPath(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? url.GetLeftPart(UriPartial.Authority) + (url.PathAndQuery.Length > 1 ? "/…" : "")
            : Printable.Of(text);
}
