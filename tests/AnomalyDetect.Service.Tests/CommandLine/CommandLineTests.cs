using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    [DataRow("run", "--nonsense")]
    [DataRow("nonsense")]
    [DataRow()]
    [DataRow("replay", "missing.ndjson", "--out", "x")]
    [DataRow("replay", "missing.ndjson")]
    [DataRow("replay", "-", "--format", "xml", "--out", "x")]
    [DataRow("simulate", "--out", "x", "--tenants", "0")]
    [DataRow("simulate", "--out", "x", "--days", "many")]
    [DataRow("config", "check", "--config", "missing.json")]
    [DataRow("ledger", "verify", "--data", "missing")]
    [DataRow("ledger", "verify", "--head", "abc")]
    [DataRow("keys", "add", "--name", "n", "--role", "king")]
    [DataRow("deliveries", "list", "--data", "missing")]
    [DataRow("demo", "--through", "here")]
    [DataRow("ledger", "list", "--last", "0")]
    [DataRow("clock-faults", "list", "--limit", "0")]
    [DataRow("clock-faults", "list", "--after", "-1")]
    [DataRow("clock-faults", "list", "--data", "missing")]
    public async Task Wrong_usage_is_exit_code_2_and_a_sentence_without_a_trace(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.IsGreaterThan(10, run.Error.Length);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.DoesNotContain("Exception", run.Error);
        Assert.AreEqual("", run.Out);
    }

    [TestMethod]
    [DataRow("--help")]
    [DataRow("run", "--help")]
    [DataRow("replay", "--help")]
    [DataRow("simulate", "--help")]
    [DataRow("demo", "--help")]
    [DataRow("ledger", "verify", "--help")]
    [DataRow("ledger", "list", "--help")]
    [DataRow("keys", "add", "--help")]
    [DataRow("clock-faults", "list", "--help")]
    public async Task Every_verb_has_help(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(0, run.ExitCode);
        Assert.Contains("Usage:", run.Out);
    }

    [TestMethod]
    public async Task Keys_are_made_listed_and_revoked_on_the_store_or_through_the_running_service()
    {
        using var directory = new TempDirectory();
        await using (await StartAsync(directory))
        {
            var inUse = await CliRun.Of("run", "--data", directory["data"]);
            Assert.AreEqual(1, inUse.ExitCode);
            Assert.Contains("in use by another anomalydetect", inUse.Error);
            await MakeListRevokeAsync(directory["data"]);
        }

        await MakeListRevokeAsync(directory["data"]);
    }

    [TestMethod]
    public async Task The_newest_entries_of_the_ledger_are_listed_beside_a_running_service_with_what_they_record()
    {
        using var directory = new TempDirectory();
        await using var host = await StartAsync(directory);
        for (var i = 1; i <= 3; i++) host.Store.Ledger.RecordOperator("ann", "note", $"subject {i}", "a\u001b[31m test");
        var list = await CliRun.Of("ledger", "list", "--data", directory["data"], "--kind", "operator", "--last", "2");
        Assert.AreEqual(0, list.ExitCode, list.Error);
        var lines = list.Out.TrimEnd().Split('\n');
        Assert.HasCount(2, lines);
        Assert.MatchesRegex(@"^\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z  operator  subject 2  \{.*""actor"":""ann"".*\}$", lines[0]);
        StringAssert.Contains(lines[1], "subject 3");
        Assert.DoesNotContain("\u001b", list.Out);
    }

    [TestMethod]
    public async Task The_ledger_is_verified_against_a_head_printed_earlier()
    {
        using var directory = new TempDirectory();
        await using (await StartAsync(directory))
        {
            var head = (await CliRun.Of("ledger", "head", "--data", directory["data"])).Out.Trim();
            Assert.AreEqual(0, (await CliRun.Of("keys", "add", "--name", "n", "--role", "read", "--data", directory["data"])).ExitCode);
            var whole = await CliRun.Of("ledger", "verify", "--data", directory["data"], "--head", head);
            Assert.AreEqual(0, whole.ExitCode, whole.Error);
            Assert.Contains("The ledger is whole", whole.Out);
            var cut = await CliRun.Of("ledger", "verify", "--data", directory["data"], "--head", new string('a', 64));
            Assert.AreEqual(1, cut.ExitCode);
            Assert.Contains("NOT whole", cut.Error);
        }
    }

    [TestMethod]
    public async Task The_first_start_writes_a_key_only_its_owner_can_read_and_later_ones_leave_it()
    {
        using var directory = new TempDirectory();
        string key;
        await using (var first = await StartAsync(directory))
        {
            Assert.IsTrue(first.MadeAdminKey);
            key = await File.ReadAllTextAsync(first.Data.AdminKeyFile);
            if (!OperatingSystem.IsWindows()) Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(first.Data.AdminKeyFile));
        }

        await using var second = await StartAsync(directory);
        Assert.IsFalse(second.MadeAdminKey);
        Assert.AreEqual(key, await File.ReadAllTextAsync(second.Data.AdminKeyFile));
    }

    [TestMethod]
    [DataRow("plain", "plain")]
    [DataRow("a\u001b[31mred", "a\\u001b[31mred")]
    [DataRow("line\nbreak", "line\\u000abreak")]
    [DataRow("\u202egnp.exe", "\\u202egnp.exe")]
    public void Text_from_events_is_made_printable(string text, string expected) => Assert.AreEqual(expected, Printable.Of(text));

    private static async Task MakeListRevokeAsync(string data)
    {
        var made = await CliRun.Of("keys", "add", "--name", "gateway\u001b[2J", "--role", "ingest", "--tenant", "acme", "--data", data);
        Assert.AreEqual(0, made.ExitCode, made.Error);
        Assert.StartsWith("ad_", made.Out);
        var list = await CliRun.Of("keys", "list", "--data", data);
        var line = list.Out.Split('\n').Last(l => l.Contains("gateway", StringComparison.Ordinal));
        Assert.Contains("gateway\\u001b[2J  ingest  acme  in force", line);
        Assert.DoesNotContain(made.Out.Trim(), list.Out);
        Assert.AreEqual(0, (await CliRun.Of("keys", "revoke", line.Split(' ')[0], "--data", data)).ExitCode);
        Assert.Contains("revoked", (await CliRun.Of("keys", "list", "--data", data)).Out);
        Assert.AreEqual(1, (await CliRun.Of("keys", "revoke", "k000", "--data", data)).ExitCode);
    }

    private static Task<ServiceHost> StartAsync(TempDirectory directory) => ServiceHost.StartAsync(
        ConfigFile.Load(null, o => o with
        {
            DataDirectory = directory["data"],
            Http = o.Http with { Urls = ["http://127.0.0.1:0"] },
            Logging = new LoggingSection { Level = LogLevel.None },
        }), TimeProvider.System);
}
