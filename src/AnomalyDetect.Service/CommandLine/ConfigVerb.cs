using System.CommandLine;
using AnomalyDetect.Service.Configuration;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>config check</c>: what would be in force, or everything that is wrong.</summary>
internal static class ConfigVerb
{
    public static Command Create(Terminal terminal)
    {
        var config = CommonOptions.Config();
        var check = new Command("check", "Print the configuration that would be in force (no secrets), or every problem with it.") { config };
        check.SetAction(parsed =>
        {
            var settings = CommonOptions.Load(parsed, config, forService: true);
            terminal.Out.WriteLine(ConfigPrinter.Print(settings.Written));
            return UserException.Done;
        });
        return new Command("config", "Look at the configuration.") { check };
    }
}
