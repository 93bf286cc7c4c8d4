using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class ExplainTests
{
    private static readonly DateTime At = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    [TestMethod]
    public async Task An_events_way_is_a_tree_from_reading_to_the_playbook()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in.ndjson", Lines.Forged("acme", "203.0.113.9", 15, At));
        var run = await CliRun.Of("explain", input, "--event", "f-203.0.113.9-10");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var lines = run.Out.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.AreEqual("event f-203.0.113.9-10", lines[0]);
        CollectionAssert.AreEqual(
            new[] { "├─ read", "├─ window", "├─ finding", "├─ alert", "└─ playbook" }, lines.Where(l => l[0] is '├' or '└' && l.Length < 16).ToArray(), run.Out);
        StringAssert.Contains(run.Out, "block-claim-forgers: block_ip against address 203.0.113.9");
        StringAssert.Contains(run.Out, "(dry run: not enforced)");
    }

    [TestMethod]
    public async Task An_alert_is_followed_by_the_id_that_replay_wrote()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in.ndjson", Lines.Forged("acme", "203.0.113.9", 15, At));
        Assert.AreEqual(0, (await CliRun.Of("replay", input, "--out", directory["out"])).ExitCode);
        var id = System.Text.Json.JsonDocument.Parse((await File.ReadAllLinesAsync(directory["out/alerts.ndjson"]))[0]).RootElement.GetProperty("id").GetString()!;
        var run = await CliRun.Of("explain", input, "--alert", id);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, $"revision 1 of alert {id}");
        var chapters = run.Out.Split('\n', StringSplitOptions.TrimEntries).Where(l => l.StartsWith("├─ ", StringComparison.Ordinal) || l.StartsWith("└─ ", StringComparison.Ordinal)).ToArray();
        StringAssert.EndsWith(chapters[0], "2026-03-02 09:00:01.000Z: the first finding");
        Assert.AreEqual("└─ the input ends, and it is still open", chapters[^1]);
        Assert.IsLessThan(run.Out.IndexOf("playbook: block-claim-forgers", StringComparison.Ordinal), run.Out.IndexOf("alert: revision 1", StringComparison.Ordinal), "in the order of time");
    }

    [TestMethod]
    public async Task An_event_nothing_comes_of_says_so()
    {
        using var directory = new TempDirectory();
        var run = await CliRun.Of("explain", directory.Write("in.ndjson", Lines.Login("e1", "acme")), "--event", "e1");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, "nothing was found in it, nor in the windows it stands in");
    }

    [TestMethod]
    public async Task What_did_not_come_by_is_said_in_a_sentence()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in.ndjson", Lines.Login("e1", "acme") + "{broken\n");
        var run = await CliRun.Of("explain", input, "--event", "e2");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "1 events were read and 1 rejected");
        Assert.AreEqual("", run.Out);
    }

    [TestMethod]
    public async Task Of_two_events_of_one_id_the_named_tenants_is_followed()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in.ndjson", Lines.Login("e1", "acme") + Lines.Login("e1", "globex"));
        var run = await CliRun.Of("explain", input, "--event", "e1", "--tenant", "globex");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, "of tenant globex");
        Assert.DoesNotContain("of tenant acme", run.Out);
        run = await CliRun.Of("explain", input, "--event", "e1", "--tenant", "initech");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "No event e1 of tenant initech came by");
    }

    [TestMethod]
    public async Task Text_from_events_cannot_steer_the_terminal()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in.ndjson", Lines.Login("e1", "acme").Replace("\"ada\"", "\"a\\u001b[31md\"", StringComparison.Ordinal));
        var run = await CliRun.Of("explain", input, "--event", "e1");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.DoesNotContain("\u001b", run.Out);
    }
}
