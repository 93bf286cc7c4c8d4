namespace AnomalyDetect.Service.Demo;

/// <summary>What a demo is asked for.</summary>
/// <param name="Keep">It goes on until stopped.</param>
/// <param name="Directory">Where everything is kept, and stays; null: a temporary directory that goes with the demo.</param>
/// <param name="Through">A service with the bouncer in it that the simulated users go through; null: their telemetry goes in directly.</param>
internal sealed record DemoOptions(int Seed, DemoPace Pace, bool Keep = false, string? Directory = null, Uri? Through = null);
