using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace AnomalyDetect.Service.Tests;

/// <summary>What <c>deploy/</c> would run is a command line this program takes, and does what its reader expects.</summary>
[TestClass]
public sealed class DeployTests
{
    private const string Program = "/opt/anomalydetect/anomalydetect";
    private static readonly string Deploy = Path.Combine(Repository.Root, "deploy");

    [TestMethod]
    [DataRow("anomalydetect.service", "run")]
    [DataRow("anomalydetect-train.service", "train")]
    public void A_unit_s_command_line_is_one_of_this_program(string unit, string verb)
    {
        var args = ExecStart(unit);
        Assert.AreEqual(verb, args[0]);
        using var nowhere = new StringWriter();
        Assert.IsEmpty(Cli.Problems(args, new Terminal(nowhere, nowhere, false, false)));
        Assert.IsNotEmpty(Cli.Problems([$"{verb}s", .. args[1..]], new Terminal(nowhere, nowhere, false, false)), "the check can fail");
    }

    [TestMethod]
    public void The_timer_belongs_to_the_job_and_a_new_installation_is_no_failure()
    {
        var timer = Unit("anomalydetect-train.timer");
        Assert.AreEqual("*-*-* 03:30:00", timer["Timer"]["OnCalendar"].Single());
        Assert.AreEqual("timers.target", timer["Install"]["WantedBy"].Single());
        Assert.AreEqual("oneshot", Unit("anomalydetect-train.service")["Service"]["Type"].Single());
        Assert.AreEqual($"{UserException.TooLittle}", Unit("anomalydetect-train.service")["Service"]["SuccessExitStatus"].Single());
    }

    [TestMethod]
    public async Task Each_schedule_s_job_runs_beside_a_service_and_finds_no_history_yet()
    {
        await using var service = await RunningService.StartAsync();
        using var directory = new TempDirectory();
        var config = directory.Write("config.json", """{ "logging": { "level": "none" } }""");
        foreach (var job in new[] { ExecStart("anomalydetect-train.service"), CronJob() })
        {
            var run = await CliRun.Of([.. job.Select(arg => arg switch
            {
                "/etc/anomalydetect/config.json" => config,
                "/var/lib/anomalydetect" => service.Data,
                "http://anomalydetect:8470" => service.Host.Urls[0],
                _ => arg,
            })]);
            Assert.AreEqual(UserException.TooLittle, run.ExitCode, run.Out + run.Error);
            StringAssert.Contains(run.Error, "let the service run for some days");
        }
    }

    private static string[] ExecStart(string unit)
    {
        var words = Unit(unit)["Service"]["ExecStart"].Single().Split(' ');
        Assert.AreEqual(Program, words[0]);
        return words[1..];
    }

    private static string[] CronJob()
    {
        using var file = File.OpenText(Path.Combine(Deploy, "kubernetes", "retrain.yaml"));
        var yaml = new YamlStream();
        yaml.Load(file);
        var job = yaml.Documents.Single().RootNode;
        Assert.AreEqual("CronJob", Text(job["kind"]));
        var spec = job["spec"]["jobTemplate"]["spec"];
        CollectionAssert.AreEqual(
            new[] { $"{UserException.WrongUsage}", $"{UserException.Refused}", $"{UserException.TooLittle}" }, Texts(spec["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"]));
        var container = spec["template"]["spec"]["containers"][0];
        Assert.AreEqual(Text(container["name"]), Text(spec["podFailurePolicy"]["rules"][0]["onExitCodes"]["containerName"]));
        Assert.AreEqual(Program, Texts(container["command"]).Single());
        return Texts(container["args"]);
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static string[] Texts(YamlNode node) => [.. ((YamlSequenceNode)node).Select(Text)];

    /// <summary>Sections of keys, each with its values in order.</summary>
    private static Dictionary<string, Dictionary<string, List<string>>> Unit(string name)
    {
        var sections = new Dictionary<string, Dictionary<string, List<string>>>();
        var section = new Dictionary<string, List<string>>();
        foreach (var line in File.ReadLines(Path.Combine(Deploy, "systemd", name)).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                sections.Add(line.Trim('[', ']'), section = []);
                continue;
            }

            var parts = line.Split('=', 2);
            Assert.HasCount(2, parts, line);
            if (!section.TryGetValue(parts[0], out var values)) section.Add(parts[0], values = []);
            values.Add(parts[1]);
        }

        return sections;
    }
}
