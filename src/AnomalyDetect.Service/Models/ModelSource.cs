using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning;
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
    public string Id { get; } = Model.Id();

    public string? ShadowId { get; } = Shadow?.Id();

    /// <summary>What to begin with: a registry that is damaged stops nothing, but it is said.</summary>
    public static ModelInForce Of(Settings settings, ModelRegistry registry)
    {
        var good = LastGood.Of(registry);
        if (settings is { HasModelFile: true, Engine.Model: null })
            return new ModelInForce(good.Model, good.Id == RegistryManifest.BuiltIn ? ModelSource.BuiltIn : ModelSource.Registry, good.Shadow, good.Problem ?? "The configuration's model_file cannot be used, and a service will not start with it; 'anomalydetect config check' says why.");
        if (settings.HasModelFile) return new ModelInForce(settings.Engine.Model!, ModelSource.Configuration, good.Shadow, good.Problem);
        return good.Id == RegistryManifest.BuiltIn
            ? new ModelInForce(settings.Engine.Model ?? ModelFile.ReadDefault(), ModelSource.BuiltIn, good.Shadow, good.Problem)
            : new ModelInForce(good.Model, ModelSource.Registry, good.Shadow, good.Problem);
    }
}
