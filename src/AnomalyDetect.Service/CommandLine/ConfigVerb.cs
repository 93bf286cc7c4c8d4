using System.CommandLine;
using AnomalyDetect.Service.Configuration;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>config check</c>: what would be in force and the memory that takes, or everything that is wrong.</summary>
internal static class ConfigVerb
{
    public static Command Create(Terminal terminal)
    {
        var config = CommonOptions.Config();
        var tenants = new Option<int>("--tenants") { Description = "How many tenants to estimate the memory of.", DefaultValueFactory = _ => 100 };
        var principals = new Option<int>("--principals-per-tenant") { Description = "How many principals each of them has.", DefaultValueFactory = _ => 1_000 };
        var rate = new Option<double>("--events-per-second") { Description = "Of all of them together.", DefaultValueFactory = _ => 1_000 };
        var check = new Command("check", "Print the configuration that would be in force (no secrets), or every problem with it; and on stderr the memory its limits allow, and a load needs.")
        {
            config, tenants, principals, rate,
        };
        check.SetAction(parsed =>
        {
            var (many, each, events) = (parsed.GetValue(tenants), parsed.GetValue(principals), parsed.GetValue(rate));
            if (many is < 1 or > 100_000_000) throw new UserException("--tenants must be 1 to 100,000,000.");
            if (each is < 1 or > 100_000_000) throw new UserException("--principals-per-tenant must be 1 to 100,000,000.");
            if (!(events is > 0 and <= 100_000_000)) throw new UserException("--events-per-second must be more than 0 and at most 100,000,000.");
            var settings = CommonOptions.Load(parsed, config, forService: true);
            terminal.Out.WriteLine(ConfigPrinter.Print(settings.Written));
            // Apart from the configuration, which may be written to a file and used as one.
            foreach (var line in new MemoryReport(settings, MemoryReport.OfMachine).Lines(many, each, events)) terminal.Error.WriteLine(line);
            return UserException.Done;
        });
        return new Command("config", "Look at the configuration.") { check };
    }
}
