using AnomalyDetect.Learning;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Training;

/// <summary>What a retraining job is asked to do.</summary>
internal sealed record TrainingJobOptions
{
    public required TrainingOptions Training { get; init; }

    /// <summary>Look and report only: nothing is registered.</summary>
    public bool DryRun { get; init; }

    /// <summary>Make the challenger the champion if the gate lets it pass.</summary>
    public bool Promote { get; init; }

    /// <summary>Promote it whatever the gate says, for this reason; null: the gate decides.</summary>
    public string? Force { get; init; }

    /// <summary>Where the report goes; null: into the data directory's <c>training/</c>.</summary>
    public string? Report { get; init; }

    /// <summary>Versions kept in the registry; null: all.</summary>
    public int? Keep { get; init; }

    /// <summary>Also write the model here; null: nowhere.</summary>
    public string? Output { get; init; }

    /// <summary>Seeds of the made-up traffic of the gate.</summary>
    public IReadOnlyList<int> GateSeeds { get; init; } = [901, 902];

    /// <summary>Of the gate; each seed one run.</summary>
    public SimulationOptions GateTraffic { get; init; } = new() { Tenants = 6, PrincipalsPerTenant = 25, Duration = TimeSpan.FromDays(4), EventsPerMinute = 60, Repeats = 1 };

    public bool IsGated => Promote || DryRun || Report is not null;
}
