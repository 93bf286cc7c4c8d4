using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Demo;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Tests.Demo;

[TestClass]
public sealed class DemoTests
{
    /// <summary>
    /// Somewhat more than a day of history and all attacks within seconds: the demo's own way, only shorter. In a tenant's first day a surge may be for the record
    /// only, and at some times of day it was.
    /// </summary>
    private static readonly DemoPace Short =
        new(TimeSpan.FromHours(30), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(5));

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task The_demo_ends_by_itself_with_every_attack_found_answered_and_told()
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, false, false);
        var code = await new DemoRun(new DemoOptions(1, Short), terminal, new DemoLines(output)).PlayAsync(CancellationToken.None);
        var said = output.ToString();
        Assert.AreEqual(0, code, said);
        Assert.Contains("Attacks found: 12 of 12", said);
        Assert.Contains("look-alikes: 6 played, 0 enforced against", said);
        Assert.Contains("Ledger verified", said);
        Assert.DoesNotContain("bad signature", said);
        foreach (var decision in new[] { "rate_limit", "captcha", "block_ip", "revoke_session", "force_reauth", "step_up", "suspend_partner_token" })
            Assert.Contains(decision, said);
        var directory = said.Split('\n').Single(l => l.StartsWith("Data in ", StringComparison.Ordinal))["Data in ".Length..].Trim();
        Assert.IsFalse(Directory.Exists(directory), "nothing is left behind");
    }

    [TestMethod]
    public async Task A_demo_begins_in_no_directory_that_holds_something()
    {
        using var directory = new TempDirectory();
        directory.Write("a file", "");
        var run = await CliRun.Of("demo", "--data", directory.Path);
        Assert.AreEqual(UserException.WrongUsage, run.ExitCode);
        StringAssert.Contains(run.Error, "there is something in");
        CollectionAssert.AreEqual(new[] { directory["a file"] }, Directory.GetFileSystemEntries(directory.Path));
    }

    [TestMethod]
    public void Attackers_are_told_from_their_neighbours_by_what_they_do_and_from_then_on_by_who_they_are()
    {
        var start = SomeTelemetry.Monday;
        var tally = new DemoTally([Label(ScenarioKind.SessionHijack, isAttack: true), Label(ScenarioKind.OfficeNat, isAttack: false)]);
        tally.Count(Event(start.AddMinutes(-1), "eve", null), VisitOutcome.Passed);
        tally.Count(Event(start, "eve", "session_hijack-1"), VisitOutcome.CutOff);
        tally.Count(Event(start.AddMinutes(1), "eve", null), VisitOutcome.Challenged);
        tally.Count(Event(start.AddMinutes(1), "ada", "office_nat-1"), VisitOutcome.Passed);
        var rows = tally.Lines().Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        CollectionAssert.AreEqual(new[] { "what they got passed limited challenged cut off no answer", "session_hijack 0 0 1 1 0", "everybody else 2 0 0 0 0" }, rows);

        AttackLabel Label(ScenarioKind kind, bool isAttack) => new()
        {
            Id = $"{Core.Names.Of(kind)}-1", Kind = kind, IsAttack = isAttack, MayAlert = false, Signals = [], TenantId = "acme", Start = start, End = start.AddMinutes(2), Events = 1,
            Entities = [new Entity(EntityKind.Principal, isAttack ? "eve" : "ada")],
        };

        static SimulatedEvent Event(DateTime at, string who, string? label) => new()
        {
            Id = $"{who}-{at.Ticks}", OccurredAt = at, TenantId = "acme", Type = EventType.ApiCall, Outcome = EventOutcome.Success, PrincipalId = who, LabelId = label,
        };
    }
}
