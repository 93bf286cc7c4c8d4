using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Learning.Triage;

/// <summary>The trees as they stand beside a model version in the registry, whose card has their SHA-256.</summary>
public static class TriageFile
{
    /// <summary>Of the attachment in the registry.</summary>
    public const string FileName = "triage.json";

    public static byte[] ToBytes(TriageModel model) => JsonSerializer.SerializeToUtf8Bytes(model, CoreJson.Default.TriageModel);

    /// <exception cref="ModelException">It is cut short, or made for another version or other features.</exception>
    public static TriageModel Parse(ReadOnlySpan<byte> bytes)
    {
        TriageModel? model;
        try
        {
            model = JsonSerializer.Deserialize(bytes, CoreJson.Default.TriageModel);
        }
        catch (JsonException e)
        {
            throw new ModelException($"{FileName} is cut short or holds no trees ({e.Message}); {Retrain}.", e);
        }

        if (model is null) throw new ModelException($"{FileName} holds nothing; {Retrain}.");
        return model.Problem() is { } problem ? throw new ModelException($"{FileName} cannot be used: {problem}; {Retrain}.") : model;
    }

    private const string Retrain = "train and promote another model with 'anomalydetect train --promote'";
}
