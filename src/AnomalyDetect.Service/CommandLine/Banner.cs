using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Models;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>What a person wants to know once a service is up.</summary>
internal static class Banner
{
    public static IEnumerable<string> Of(ServiceHost host)
    {
        var written = host.Settings.Written;
        yield return $"Listening at {string.Join(", ", host.Urls)}";
        yield return written.Source.Kind == SourceKind.Kafka
            ? $"Taking events from Kafka topic {Printable.Of(written.Kafka!.Topic)} as group {Printable.Of(written.Kafka.Group)}"
            : "Taking events from POST /v1/events";
        yield return Enforcement(written.Response);
        yield return Model(host.Models.Now);
        if (host.Playbooks.Problem is { } problem) yield return $"THE PLAYBOOK CANNOT BE USED; version {host.Playbooks.Version}, which was in force last, stays in force: {problem}";
        yield return $"Data in {Printable.Of(host.Data.Path)}";
        if (host.MadeAdminKey) yield return $"First start: the admin key is in {Printable.Of(host.Data.AdminKeyFile)}, readable by this user only";
    }

    private static string Model(ModelInForce now) => $"Model of behaviour {now.Id}, " + now.Source switch
    {
        ModelSource.Configuration => "which the configuration's model_file names: the registry's champion is not used",
        ModelSource.Registry => "champion of the registry",
        _ => "built in",
    } + (now.Problem is null ? "" : $". {Printable.Of(now.Problem, 2000)}");

    public static string Enforcement(ResponseSection response)
    {
        var others = response.Tenants.Where(t => t.Value != response.Enforce).Select(t => Printable.Of(t.Key)).ToList();
        var except = others.Count switch
        {
            0 => "",
            <= 5 => $", except for {string.Join(", ", others)}",
            _ => $", except for {others.Count} tenants",
        };
        return response.Enforce
            ? $"ENFORCING: decisions are carried out{except}"
            : $"DRY RUN: everything is decided and recorded, nothing is enforced{except} (set response.enforce to change that)";
    }
}
