using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Demo;

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
}
