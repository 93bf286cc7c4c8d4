using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning;

/// <summary>
/// A model on disk: JSON with the model and the SHA-256 of its compact form, so that a file cut short, changed by hand or by a bad disk is noticed before
/// anything is decided by it.
/// </summary>
public static class ModelFile
{
    internal const long MostBytes = 16 << 20;

    private const string Retrain = "take another, or make one with 'anomalydetect train'";

    /// <exception cref="ModelException">It is not there, is no model, is damaged, or was made for another version; the message says which.</exception>
    public static BehaviourModel Read(string path) => Parse(ReadBytes(path), path);

    /// <summary>The file as it is, to be checked by whoever takes it.</summary>
    /// <exception cref="ModelException">It is not there, or too large to be a model.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes }) throw new ModelException($"The model file {path} is larger than {MostBytes >> 20} MiB, and so is no model; {Retrain}.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The model file {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is none" : e.Message)}; name one that is there, or none to use the built-in model.", e);
        }
    }

    /// <summary>The model that comes with the program, trained on simulated traffic.</summary>
    public static BehaviourModel ReadDefault()
    {
        using var stream = typeof(ModelFile).Assembly.GetManifestResourceStream("default.model.json") ?? throw new ModelException("This build holds no built-in model.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        // Its file is as 'train' wrote it, so that what stands in it is what its JSON would hash to.
        return Parse(bytes, "built into the program", out var hash).Known(hash);
    }

    internal static BehaviourModel Parse(ReadOnlyMemory<byte> json, string name) => Parse(json, name, out _);

    /// <param name="written">The hash that stands in the file, which fits.</param>
    private static BehaviourModel Parse(ReadOnlyMemory<byte> json, string name, out string written)
    {
        BehaviourModel model;
        bool isAsWritten;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("model", out var body))
                throw new ModelException($"The model file {name} is JSON, but no model; {Retrain}.");
            // The version first: of another one nothing else may be readable.
            if (body.TryGetProperty("version", out var version) && version.TryGetInt32(out var number) && !BehaviourModel.Reads(number))
                throw new ModelException($"The model file {name} is of version {number}, and this program reads up to version {BehaviourModel.CurrentVersion}; {Retrain}.");
            written = document.RootElement.TryGetProperty("sha256", out var hash) && hash.GetString() is { } text ? text : "";
            // As it was written it is in compact form already, and need not be written again to be hashed.
            isAsWritten = IsHashOf(written, JsonMarshal.GetRawUtf8Value(body));
            model = ModelJson.Read(body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ModelException($"The model file {name} is cut short or is no model ({e.Message}); {Retrain}.", e);
        }

        if (model.Validate() is { Count: > 0 } problems) throw new ModelException($"The model file {name} does not fit: {string.Join("; ", problems)}; {Retrain}.");
        if (!isAsWritten && !IsHashOf(written, model.ToJson())) throw new ModelException($"The model file {name} was changed after it was written: its SHA-256 does not fit; {Retrain}.");
        return model;
    }

    /// <summary>Written whole or not at all: to a file beside it first, which then takes its place.</summary>
    public static void Write(string path, BehaviourModel model)
    {
        var temporary = path + ".part";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(ToBytes(model));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>A model file's bytes.</summary>
    public static byte[] ToBytes(BehaviourModel model)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = false }))
        {
            writer.WriteStartObject();
            writer.WriteString("sha256", model.Hash());
            writer.WritePropertyName("model");
            JsonSerializer.Serialize(writer, model, CoreJson.Default.BehaviourModel);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static bool IsHashOf(string written, ReadOnlySpan<byte> json) => string.Equals(written, Convert.ToHexStringLower(SHA256.HashData(json)), StringComparison.OrdinalIgnoreCase);
}
