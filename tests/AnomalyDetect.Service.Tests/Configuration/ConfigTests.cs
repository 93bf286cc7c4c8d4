using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Configuration;

[TestClass]
public sealed class ConfigTests
{
    [TestMethod]
    public void The_defaults_need_no_file()
    {
        var settings = ConfigFile.Load(null);
        Assert.IsFalse(settings.Engine.Enforcement.Enforce, "dry run unless asked otherwise");
        CollectionAssert.AreEqual(new[] { "http://127.0.0.1:8470" }, settings.Written.Http.Urls.ToList());
    }

    [TestMethod]
    public void Every_problem_is_reported_at_once_with_its_path_and_what_is_allowed()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("config.json", """
            {
              // comments and trailing commas are welcome
              "data_directori": "x",
              "http": { "urls": ["http://0.0.0.0:8470", "ftp://x"], "max_connections": "many" },
              "source": { "kind": "carrier_pigeon" },
              "detection": { "signals": { "login_rate": { "sigmas": 99 } }, "episode_gap": "soon" },
              "response": {
                "never_target": ["nowhere"],
                "webhooks": [{ "name": "soc", "url": "https://example.com/hook", "secrets": ["whsec_AAAA"] }, { "url": 1 }],
                "redis": { "configuration": "localhost:6379,password=hunter2" },
              },
              "kafka": { "bootstrap_servers": "b:9092", "topic": "t", "group": "g", "client": { "sasl.password": "hunter2" } },
              "storage": { "rejections_kept": -1 },
              "history": { "retention": "9999d", "max_bytes": 5 },
            }
            """);
        var problems = Assert.Throws<ConfigException>(() => ConfigFile.Load(file)).Problems;
        foreach (var expected in new[]
        {
            "data_directori: is not known; allowed here: data_directory, http,", "http.urls[0]: others can reach this address", "http.urls[1]: must be http:// or https://",
            "http.max_connections: must be a whole number, not \"many\"", "source.kind: must be one of \"journal\", \"kafka\"", "detection.signals.login_rate.sigmas",
            "detection.episode_gap: must be a duration such as", "nowhere", "response.webhooks[0].secrets[0]: a secret is never written into the configuration",
            "response.webhooks[1].name: is required", "response.webhooks[1].secrets: is required", "response.redis.configuration: a secret is never written",
            "kafka.client.sasl.password: a secret is never written", "storage.rejections_kept: must be 0 to 10000000, not -1",
            "history.retention: must be 0s to 3650d, not 9999d", "history.max_bytes: must be 1048576 to 1099511627776, not 5",
        })
            Assert.IsTrue(problems.Any(p => p.Contains(expected, StringComparison.Ordinal)), $"missing: {expected}\nin:\n{string.Join('\n', problems)}");
        Assert.IsFalse(problems.Any(p => p.Contains("hunter2", StringComparison.Ordinal) || p.Contains("whsec_AAAA", StringComparison.Ordinal)), "a secret was echoed");
    }

    [TestMethod]
    public async Task Config_check_prints_what_would_be_in_force_and_no_secret()
    {
        using var directory = new TempDirectory();
        directory.Write("secret", "whsec_" + Convert.ToBase64String(new byte[32]));
        directory.Write("redis", "localhost:6379,password=hunter2");
        var file = directory.Write("config.json", $$"""
            {
              "response": {
                "enforce": true,
                "webhooks": [{ "name": "soc", "url": "https://example.com/hook/T0KEN", "secrets": [{ "file": "{{directory["secret"]}}" }] }],
                "redis": { "configuration": { "file": "{{directory["redis"]}}" } },
                "tenants": { "acme": false }
              },
              "journal": { "retention": "3d" },
              "detection": { "signals": { "login_rate": { "sigmas": 4 } }, "tenant_signals": { "acme": { "login_rate": { "minimum_count": 9 } } } }
            }
            """);
        var run = await CliRun.Of("config", "check", "--config", file);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("\"retention\": \"3d\"", run.Out);
        Assert.Contains("\"enforce\": true", run.Out);
        foreach (var secret in new[] { "hunter2", "whsec_", "T0KEN" }) Assert.DoesNotContain(secret, run.Out + run.Error);

        var settings = ConfigFile.Load(file);
        Assert.AreEqual(4, settings.Engine.Detection.SignalsOf("acme").LoginRate.Sigmas, "a tenant's own settings start from the installation's");
        Assert.AreEqual(9, settings.Engine.Detection.SignalsOf("acme").LoginRate.MinimumCount);
        Assert.IsFalse(settings.Engine.Enforcement.EnforcesFor("acme"));
        Assert.IsTrue(settings.Engine.Enforcement.EnforcesFor("globex"));
    }

    [TestMethod]
    public async Task A_missing_secret_stops_the_service_and_not_a_replay()
    {
        using var directory = new TempDirectory();
        var config = directory.Write("config.json", """{ "response": { "webhooks": [{ "name": "soc", "url": "https://example.com/", "secrets": [{ "env": "ANOMALYDETECT_NOT_SET" }] }] } }""");
        var check = await CliRun.Of("config", "check", "--config", config);
        Assert.AreEqual(2, check.ExitCode);
        Assert.Contains("response.webhooks[0].secrets[0]: the environment variable ANOMALYDETECT_NOT_SET is not set", check.Error);
        var replay = await CliRun.Of("replay", directory.Write("in.ndjson", ""), "--out", directory["out"], "--config", config);
        Assert.AreEqual(0, replay.ExitCode, replay.Error);
    }

    [TestMethod]
    public async Task Config_check_estimates_the_memory_of_a_load_beside_the_configuration()
    {
        var run = await CliRun.Of("config", "check", "--tenants", "200", "--principals-per-tenant", "5000");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        System.Text.Json.JsonDocument.Parse(run.Out).Dispose();
        StringAssert.Contains(run.Error, "a tenant with every table full");
        StringAssert.Contains(run.Error, "detection.limits.principals");
        StringAssert.Contains(run.Error, "Of 2.1 GB a lane (detection.limits.memory_bytes) each of 5,000 tenants is guaranteed 201 KB; 1 GB are for whoever needs more.");
        StringAssert.Contains(run.Error, "as detection.limits.memory_bytes allows a lane 2.1 GB (the tables' own limits: ");
        StringAssert.Contains(run.Error, "200 tenants with 5,000 principals each at 1,000 events a second need about");
        Assert.AreEqual(2, (await CliRun.Of("config", "check", "--tenants", "0")).ExitCode);
    }

    [TestMethod]
    public void A_worst_case_beyond_the_machine_says_what_to_lower_and_one_within_it_nothing()
    {
        var settings = ConfigFile.Load(null, o => o with { Pipeline = o.Pipeline with { Lanes = 4 } });
        var report = new MemoryReport(settings, 8_000_000_000);
        Assert.IsFalse(report.Fits);
        StringAssert.Contains(report.Worst, "4 lanes comes to 8.6 GB");
        StringAssert.Contains(report.Worst, "this machine has 8 GB");
        StringAssert.StartsWith(report.Advice, "lower detection.limits.memory_bytes to at most 1,500,000,000");
        StringAssert.Contains(new MemoryReport(settings, 4_000_000_000).Advice, "detection.limits.tenants to at most ");
        Assert.IsTrue(new MemoryReport(settings, 9_000_000_000).Fits);
        StringAssert.Contains(string.Join('\n', report.Lines(1, 2_000_000, 1)), "more principals than detection.limits.principals keeps");
    }

    [TestMethod]
    public void Where_the_tables_own_limits_are_less_than_the_memory_they_are_what_to_lower()
    {
        var settings = ConfigFile.Load(null, o => o with { Pipeline = o.Pipeline with { Lanes = 1 }, Detection = o.Detection with { Limits = o.Detection.Limits with { Tenants = 1, Principals = 100_000, MemoryBytes = 1L << 40 } } });
        var report = new MemoryReport(settings, 500_000_000);
        Assert.IsFalse(report.Fits);
        StringAssert.Contains(report.Worst, "with every table of 1 tenants full");
        StringAssert.StartsWith(report.Advice, "lower detection.limits.");
        StringAssert.Contains(report.Advice, "a full tenant takes");
    }

    [TestMethod]
    public void The_memory_of_a_lane_is_read_and_one_that_cannot_hold_its_tenants_refused()
    {
        using var directory = new TempDirectory();
        var config = directory.Write("config.json", """{ "detection": { "limits": { "memory_bytes": 4000000000, "tenants": 1000 } } }""");
        Assert.AreEqual(4_000_000_000, ConfigFile.Load(config).Engine.Detection.Limits.MemoryBytes);
        directory.Write("config.json", """{ "detection": { "limits": { "memory_bytes": 1000000000 } } }""");
        var problem = Assert.Throws<ConfigException>(() => ConfigFile.Load(config)).Problems.Single();
        Assert.Contains("detection.limits.memory_bytes must be at least", problem);
        Assert.Contains("5000 tenants (detection.limits.tenants)", problem);
    }

    [TestMethod]
    [DataRow(999L, "999 B")]
    [DataRow(1_550L, "1.6 KB")]
    [DataRow(999_700L, "1 MB")]
    [DataRow(376_000_000_000_000L, "376 TB")]
    public void Sizes_are_said_as_people_say_them(long bytes, string expected) => Assert.AreEqual(expected, MemoryReport.Size(bytes));

    [TestMethod]
    public void What_config_check_prints_is_a_configuration_again()
    {
        using var directory = new TempDirectory();
        var printed = ConfigPrinter.Print(ConfigFile.Load(null).Written);
        var again = ConfigFile.Load(directory.Write("config.json", printed));
        Assert.AreEqual(printed, ConfigPrinter.Print(again.Written));
    }

    [TestMethod]
    [DataRow("90s", "00:01:30")]
    [DataRow("5m", "00:05:00")]
    [DataRow("7d", "7.00:00:00")]
    [DataRow("250ms", "00:00:00.2500000")]
    [DataRow("1.5h", "01:30:00")]
    [DataRow("00:05:00", "00:05:00")]
    public void Durations_are_read_as_people_write_them(string text, string expected)
    {
        Assert.IsTrue(Duration.TryParse(text, out var value));
        Assert.AreEqual(expected, value.ToString("c"));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("5")]
    [DataRow("m")]
    [DataRow("-5m")]
    [DataRow("5 minutes")]
    [DataRow("99999999999d")]
    public void What_is_no_duration_is_refused(string text) => Assert.IsFalse(Duration.TryParse(text, out _));

    [TestMethod]
    public void A_playbook_file_lies_beside_the_configuration_and_its_problems_are_named()
    {
        using var directory = new TempDirectory();
        directory.Write("rules.json", """{ "rules": [{ "name": "r", "signals": ["login_rate"], "decisions": [{ "type": "block_ip", "scopes": ["address"], "expires_after": "1h" }] }] }""");
        var config = directory.Write("config.json", """{ "response": { "playbook": "rules.json" } }""");
        Assert.AreEqual(TimeSpan.FromHours(1), ConfigFile.Load(config).Engine.Playbook.Rules.Single().Decisions.Single().ExpiresAfter);

        directory.Write("rules.json", """{ "rules": [{ "name": "r", "signals": ["login_rat"] }] }""");
        var problems = Assert.Throws<ConfigException>(() => ConfigFile.Load(config)).Problems;
        Assert.Contains("rules[0].signals[0]: must be one of", problems.Single());
    }

    [TestMethod]
    [DataRow("http://127.0.0.1:1", true)]
    [DataRow("http://localhost:1", true)]
    [DataRow("http://[::1]:1", true)]
    [DataRow("http://192.0.2.1:1", false)]
    [DataRow("http://[::]:1", false)]
    public void Only_loopback_goes_without_tls_unless_asked_for(string url, bool isFine)
    {
        ServiceOptions With(ServiceOptions o, bool allow) => o with { Http = o.Http with { Urls = [url], AllowPlaintext = allow } };
        ConfigFile.Load(null, o => With(o, allow: true));
        if (isFine) ConfigFile.Load(null, o => With(o, allow: false));
        else Assert.Throws<ConfigException>(() => ConfigFile.Load(null, o => With(o, allow: false)));
    }
}
