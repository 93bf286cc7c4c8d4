using AnomalyDetect.Core;

namespace AnomalyDetect.Learning.Registry;

/// <summary>Which of the registered models is used. Replaced whole.</summary>
/// <remarks>Version history of the format: 1, the first. Members that came since (<see cref="Triage"/>) may be passed over by programs that do not know them.</remarks>
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

    /// <summary>Scores beside the champion and tells nobody; null without one.</summary>
    public string? Shadow { get; init; }

    /// <summary>Earlier champions, newest first: what a rollback goes back to.</summary>
    public required IReadOnlyList<string> Previous { get; init; }

    /// <summary>Trees of triage learned since this champion came, in place of those beside it (<see cref="RefreshedTriage"/>); null: none were. Another champion brings its own.</summary>
    public string? Triage { get; init; }

    internal RegistryManifest Crown(string id) =>
        this with { Champion = id, Triage = null, Previous = [Champion, .. Previous.Take(PreviousKept - 1)], Shadow = Shadow == id ? null : Shadow };

    internal RegistryManifest RollBack() =>
        this with { Champion = Previous[0], Triage = null, Previous = [.. Previous.Skip(1)], Shadow = Shadow == Previous[0] ? null : Shadow };

    /// <summary>Null when it can be used, or why not.</summary>
    internal string? Validate()
    {
        foreach (var id in Previous.Append(Champion))
            if (id != BuiltIn && !ModelVersions.IsId(id)) return $"it names {Printable.Of(id, 40)}, which is no model's id";
        if (Triage is not null && !ModelVersions.IsId(Triage)) return $"it names {Printable.Of(Triage, 40)} for triage, which is no name of trees";
        return Shadow is null or BuiltIn || ModelVersions.IsId(Shadow) ? null : $"it names {Printable.Of(Shadow, 40)} as shadow, which is no model's id";
    }
}
