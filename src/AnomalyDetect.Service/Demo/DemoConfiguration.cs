using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Playbooks;

namespace AnomalyDetect.Service.Demo;

/// <summary>What a demo's service runs under: a configuration and a playbook in its directory, as a person would write them, so that every other verb can be given the same.</summary>
internal static class DemoConfiguration
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the files, and reads them back.</summary>
    public static Settings Write(string directory, DemoReceiver receiver)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(PlaybookIn(directory), PlaybookFile.DefaultText);
        File.WriteAllText(ConfigIn(directory), Text(directory).ToJsonString(Indented));
        var settings = ConfigFile.Load(ConfigIn(directory));
        // The receiver's secret is made anew each time, and so stands in no file.
        var webhook = new WebhookOptions { Name = "demo", Url = receiver.Url, Secrets = [receiver.Secret], AllowedRanges = ["127.0.0.0/8"], MaxInFlight = 8 };
        return settings with { Response = settings.Response with { Webhooks = [webhook] } };
    }

    public static string ConfigIn(string directory) => Path.Combine(directory, "config.json");

    public static string PlaybookIn(string directory) => Path.Combine(directory, "playbook.yaml");

    private static JsonObject Text(string directory) => new()
    {
        ["data_directory"] = directory,
        ["http"] = new JsonObject { ["urls"] = new JsonArray("http://127.0.0.1:0") },
        ["journal"] = new JsonObject { ["heartbeat"] = "1s" },
        ["logging"] = new JsonObject { ["level"] = "error" },
        ["response"] = new JsonObject
        {
            ["enforce"] = true,
            ["playbook"] = "playbook.yaml",
            ["playbook_poll"] = "1s",
            // Nobody sits by to approve anything.
            ["guards"] = new JsonObject { ["approval"] = new JsonObject { ["types"] = new JsonArray(), ["ranges"] = false } },
        },
    };
}
