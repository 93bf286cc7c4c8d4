using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace AnomalyDetect.Bouncer.Tests.Walkthrough;

/// <summary>The README's "Try the response", command by command: only the port of the service is another.</summary>
[TestClass]
public sealed partial class WalkthroughTests
{
    private const string Began = "=== step ";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(420_000, CooperativeCancellation = true)]
    public async Task Every_command_of_the_walkthrough_shows_what_the_readme_says()
    {
        using var directory = new TempDirectory();
        var port = FreePort();
        var blocks = ReadmeCommands.Blocks("Try the response").Select(b => b.Replace("127.0.0.1:8480", $"127.0.0.1:{port}", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(3, blocks);
        using var demo = new BashTerminal(directory.Path, blocks[0]);
        await demo.ShowsAsync("Waiting for the service");
        using var service = new BashTerminal(directory.Path, blocks[1]);
        await demo.ShowsAsync("status    live", 180);

        var steps = ReadmeCommands.Steps(blocks[2]);
        using var person = new BashTerminal(directory.Path, string.Concat(steps.Select((step, i) => $"echo '{Began}{i}'\n{(i == 0 ? "" : "# ")}{step}\n")));
        await person.ExitAsync(TestContext.CancellationToken);
        var shown = person.Shown.Split(Began)[1..].Select(s => s[(s.IndexOf('\n', StringComparison.Ordinal) + 1)..]).ToArray();
        Assert.HasCount(steps.Count, shown, person.Shown);
        string Of(string step) => shown[steps.Index().Single(s => s.Item.StartsWith(step, StringComparison.Ordinal)).Index];

        Attacked(Of("eleven forged tokens"));
        CollectionAssert.AreEqual(new[] { 200 }, Answers(Of("a neighbour")));
        Looked(Of("the alert"));
        Undone(Of("its decision"));
        Excepted(Of("an exception"));
        StringAssert.Contains(Of("a rule of your own"), "It can be used: 13 rules");
        StringAssert.Contains(Of("a rule of your own"), "1 scenarios, 0 failed.");
        RanDry(Of("in force as a dry run"));
        var real = Answers(Of("for real"));
        Assert.AreEqual((404, 429), (real[0], real[^1]), string.Join(' ', real));
        Halted(Of("the kill switch"));
        OnRecord(Of("every step"));
        await GotAsync(demo);
    }

    private static void Attacked(string shown)
    {
        var answers = Answers(shown);
        CollectionAssert.AreEqual(Enumerable.Repeat(401, 11).ToArray(), answers[..11], "what the detector needs is not the bouncer's to refuse");
        Assert.AreEqual(403, answers[^1]);
        CollectionAssert.AreEqual(answers.Order().ToArray(), answers, "once blocked it stays so");
    }

    private static void Looked(string shown)
    {
        StringAssert.Contains(shown, "Address 203.0.113.77 sent 11 tokens with forged or invalid claims to tenant acme in 60 s (limit 10)");
        StringAssert.Contains(shown, "\"timeline\"");
        StringAssert.Contains(shown, "block-claim-forgers: block_ip against address 203.0.113.77");
        StringAssert.Contains(shown, "block-claim-forgers: soc_tier1 is told");
    }

    private static void Undone(string shown)
    {
        StringAssert.Contains(shown, "requested by playbook");
        StringAssert.Contains(shown, "enforced by key ");
        StringAssert.Contains(shown, "It is active.");
        StringAssert.Contains(shown, "1 undone.");
        CollectionAssert.AreEqual(new[] { 401 }, Answers(shown));
    }

    private static void Excepted(string shown)
    {
        StringAssert.Contains(shown, "Exception x");
        CollectionAssert.AreEqual(Enumerable.Repeat(401, 15).ToArray(), Answers(shown));
        Assert.ContainsSingle(AlertLine().Matches(shown).Cast<Match>(), shown);
    }

    private static void RanDry(string shown)
    {
        CollectionAssert.AreEqual(Enumerable.Repeat(404, 20).ToArray(), Answers(shown));
        Assert.MatchesRegex("simulated  acme  rate_limit  principal eve  until .*slow-enumerators", shown);
    }

    private static void Halted(string shown)
    {
        StringAssert.Contains(shown, "Enforcement is halted since");
        CollectionAssert.AreEqual(Enumerable.Repeat(404, 10).ToArray(), Answers(shown));
        StringAssert.Contains(shown, "Enforcement runs.");
    }

    private static void OnRecord(string shown)
    {
        string[] expected =
        [
            "  decision_end  .*undone.*our own scanner", "  exception  .*our own scanner", "  playbook  .*", "  enforcement  .*", "  operator  .*enforcement_halt.*a drill",
            "  decision_end  .*a drill", "  operator  .*enforcement_resume.*it is over", "The ledger is whole: ",
        ];
        foreach (var entry in expected) Assert.MatchesRegex(entry, shown);
    }

    /// <summary>By then every attack has been played once.</summary>
    private static async Task GotAsync(BashTerminal demo)
    {
        string[] attacks = ["cross_tenant_api_spike", "delegation_scope_abuse", "invalid_claim_injection", "policy_violation_burst", "session_hijack"];
        long[] Row(string who) => [.. demo.Shown.Split('\n').Last(l => l.Contains($"  {who}  ", StringComparison.Ordinal)).Trim()[who.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))];
        foreach (var attack in attacks) await demo.ShowsAsync($"  {attack}  ", 60);
        await Wait.UntilAsync(() => attacks.All(attack => Row(attack)[1..4].Sum() > 0), $"no attacker unharmed in {demo.Shown}", 60);
        // Its limit is reached only where more than 60 of its calls are left when it is decided; a limit that is reached is shown by "for real".
        Assert.IsGreaterThan(0, Row("cross_tenant_api_spike")[2], "challenged");
        Assert.IsGreaterThan(0, Row("invalid_claim_injection")[3], "cut off");
        var others = Row("everybody else");
        Assert.IsGreaterThan(0, others[0]);
        CollectionAssert.AreEqual(new long[4], others[1..], "neighbours notice nothing");
    }

    /// <summary>The status codes the service gave, in order.</summary>
    private static int[] Answers(string shown) => [.. Codes().Match(shown).Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"(?<=^|\n)(\d{3} )+")]
    private static partial Regex Codes();

    [GeneratedRegex("[0-9a-f]{32}  [^ ]+  [a-z]+  [a-z]+  [a-z_]+  acme  ")]
    private static partial Regex AlertLine();
}
