using System.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>The options several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Config() => new("--config") { Description = "The configuration file (JSON). Without it, the defaults.", HelpName = "FILE" };

    public static Option<string?> Data() => new("--data") { Description = "The data directory, in place of the configuration's.", HelpName = "DIR" };

    /// <summary>What <c>--drift</c> asks for.</summary>
    public static DriftOptions Drift(double days) =>
        days is >= 1 and <= 365 ? new DriftOptions { Over = TimeSpan.FromDays(days) } : throw new UserException("--drift must be 1 to 365 days.");

    public static Settings Load(ParseResult parsed, Option<string?> config, Option<string?>? data = null, bool forService = false, bool needsModel = true, bool needsPlaybook = true) =>
        ConfigFile.Load(parsed.GetValue(config), options => data is not null && parsed.GetValue(data) is { } directory
            ? options with { DataDirectory = directory }
            : options, forService, needsModel, needsPlaybook);
}
