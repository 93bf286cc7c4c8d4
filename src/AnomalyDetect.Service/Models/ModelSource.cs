using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Configuration;

namespace AnomalyDetect.Service.Models;

/// <summary>Where the model in force comes from; the first that there is.</summary>
public enum ModelSource : byte
{
    /// <summary>The configuration's <c>model_file</c>.</summary>
    Configuration,

    /// <summary>The registry's champion.</summary>
    Registry,

    BuiltIn,
}

/// <summary>The model lanes judge by.</summary>
/// <param name="Shadow">Scores beside it and tells nobody; null without one.</param>
/// <param name="Problem">What is wrong with the registry, in a sentence; null when all is well.</param>
public sealed record ModelInForce(BehaviourModel Model, ModelSource Source, BehaviourModel? Shadow = null, string? Problem = null)
{
    /// <summary>Ranks alerts for people, as learned with the champion; null: none was, or it cannot be used.</summary>
    public TriageModel? Triage { get; init; }

    public string Id { get; } = Model.Id();

    public string? ShadowId { get; } = Shadow?.Id();

    /// <summary>What to begin with: a registry that is damaged stops nothing, but it is said.</summary>
    public static ModelInForce Of(Settings settings, ModelRegistry registry)
    {
        var good = LastGood.Of(registry);
        if (settings is { HasModelFile: true, Engine.Model: null })
            return new ModelInForce(good.Model, good.Id == RegistryManifest.BuiltIn ? ModelSource.BuiltIn : ModelSource.Registry, good.Shadow, good.Problem ?? "The configuration's model_file cannot be used, and a service will not start with it; 'anomalydetect config check' says why.");
        if (settings.HasModelFile) return new ModelInForce(settings.Engine.Model!, ModelSource.Configuration, good.Shadow, good.Problem);
        return OfRegistry(registry, good.Id, good.Id == RegistryManifest.BuiltIn ? settings.Engine.Model ?? good.Model : good.Model, good.Shadow, good.Problem);
    }

    /// <summary>A version of the registry or the built-in model, with what ranks alerts beside it.</summary>
    /// <param name="id">Or <see cref="RegistryManifest.BuiltIn"/>.</param>
    internal static ModelInForce OfRegistry(ModelRegistry registry, string id, BehaviourModel model, BehaviourModel? shadow, string? problem)
    {
        var triage = registry.TriageOf(id, ref problem);
        return new ModelInForce(model, id == RegistryManifest.BuiltIn ? ModelSource.BuiltIn : ModelSource.Registry, shadow, problem) { Triage = triage };
    }
}
