using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning.Registry;

/// <summary>What to begin with: the champion, or the newest of the champions before it that can still be used, at the latest the built-in model.</summary>
/// <param name="Shadow">What scores beside it; null without one, or where it cannot be used.</param>
/// <param name="Problem">Why it is not the champion, or what else is wrong with the manifest; null when all is well.</param>
public sealed record LastGood(string Id, BehaviourModel Model, BehaviourModel? Shadow, string? Problem)
{
    public static LastGood Of(ModelRegistry registry)
    {
        string? problem;
        var manifest = RegistryManifest.First;
        try
        {
            manifest = registry.Manifest(out problem);
        }
        catch (ModelException e)
        {
            problem = e.Message;
        }

        var shadow = registry.ShadowOf(manifest, ref problem);
        foreach (var id in manifest.Previous.Prepend(manifest.Champion))
        {
            if (registry.TryLoad(id, out var why) is { } model) return new LastGood(id, model, shadow, problem);
            problem = id == manifest.Champion ? why : problem;
        }

        return new LastGood(RegistryManifest.BuiltIn, ModelFile.ReadDefault(), shadow, problem);
    }
}
