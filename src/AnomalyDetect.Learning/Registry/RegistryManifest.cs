using AnomalyDetect.Core;

namespace AnomalyDetect.Learning.Registry;

/// <summary>Which of the registered models is used. Replaced whole.</summary>
/// <remarks>Version history of the format: 1, the first.</remarks>
public sealed record RegistryManifest
{
    public const int CurrentFormat = 1;

    /// <summary>Stands for the model that comes with the program, wherever an id may stand.</summary>
    public const string BuiltIn = "built-in";

    /// <summary>Champions remembered for a rollback.</summary>
    public const int PreviousKept = 100;

    /// <summary>What holds before anything was promoted.</summary>
    public static RegistryManifest First { get; } = new() { Format = CurrentFormat, Champion = BuiltIn, Previous = [] };

    public required int Format { get; init; }

    public required string Champion { get; init; }

    /// <summary>A model that is to score beside the champion; null without one. This program does not do that yet, and says so where one is named.</summary>
    public string? Shadow { get; init; }

    /// <summary>Earlier champions, newest first: what a rollback goes back to.</summary>
    public required IReadOnlyList<string> Previous { get; init; }

    /// <summary>Why the shadow is not used; null without one.</summary>
    public string? ShadowProblem =>
        Shadow is null ? null : $"The manifest names {Printable.Of(Shadow, 40)} as shadow, but this program does not score by a shadow model; take it out of the manifest.";

    internal RegistryManifest Crown(string id) => this with { Champion = id, Previous = [Champion, .. Previous.Take(PreviousKept - 1)] };

    internal RegistryManifest RollBack() => this with { Champion = Previous[0], Previous = [.. Previous.Skip(1)] };

    /// <summary>Null when it can be used, or why not.</summary>
    internal string? Validate()
    {
        foreach (var id in Previous.Append(Champion))
            if (id != BuiltIn && !ModelVersions.IsId(id)) return $"it names {Printable.Of(id, 40)}, which is no model's id";
        return Shadow is null || ModelVersions.IsId(Shadow) ? null : $"it names {Printable.Of(Shadow, 40)} as shadow, which is no model's id";
    }
}
