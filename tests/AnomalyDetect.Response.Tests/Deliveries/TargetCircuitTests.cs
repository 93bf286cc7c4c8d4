namespace AnomalyDetect.Response.Tests.Deliveries;

[TestClass]
public class TargetCircuitTests
{
    private static readonly DateTime Start = Some.Time;

    [TestMethod]
    public void It_opens_after_five_failures_in_a_row_and_a_success_between_starts_the_count_again()
    {
        var circuit = Some.Circuit();
        for (var i = 0; i < 4; i++) circuit.Failed(Start, "no", slowDown: false);
        Assert.AreEqual(8, circuit.Allowance(Start, 8));
        circuit.Succeeded();
        for (var i = 0; i < 4; i++) circuit.Failed(Start, "no", slowDown: false);
        Assert.AreEqual(8, circuit.Allowance(Start, 8));
        circuit.Failed(Start, "no", slowDown: false);
        Assert.AreEqual(0, circuit.Allowance(Start, 8));
    }

    [TestMethod]
    public void When_its_time_is_up_one_probe_may_go_and_decides()
    {
        var circuit = Some.Circuit();
        circuit.Failed(Start, "no", slowDown: true);
        var until = circuit.OpenUntil!.Value;
        Assert.AreEqual(0, circuit.Allowance(until.AddTicks(-1), 8));
        Assert.AreEqual(1, circuit.Allowance(until, 8));
        circuit.Failed(until, "no", slowDown: false);
        Assert.AreEqual(0, circuit.Allowance(until, 8));
        circuit.Succeeded();
        Assert.AreEqual(8, circuit.Allowance(until, 8));
        Assert.IsNull(circuit.FailingSince);
    }

    [TestMethod]
    public void It_stays_open_longer_each_time_up_to_five_minutes()
    {
        var circuit = Some.Circuit();
        var now = Start;
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            circuit.Failed(now, "no", slowDown: true);
            waits.Add((circuit.OpenUntil!.Value - now).TotalSeconds);
            now = circuit.OpenUntil.Value;
        }

        Assert.AreSequenceEqual([1.0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], waits);
        Assert.AreEqual(Start, circuit.FailingSince);
    }

    [TestMethod]
    public void Attempts_that_fail_together_open_it_once_and_the_longest_wish_counts()
    {
        var circuit = Some.Circuit();
        circuit.Failed(Start, "no", slowDown: true);
        circuit.Failed(Start, "no", slowDown: true, TimeSpan.FromSeconds(90));
        circuit.Failed(Start, "no", slowDown: true);
        Assert.AreEqual(Start.AddSeconds(90), circuit.OpenUntil);
    }

    [TestMethod]
    public void Disabled_it_lets_nothing_through_until_enabled()
    {
        var circuit = Some.Circuit();
        circuit.Disable("gone");
        circuit.Succeeded();
        Assert.AreEqual(0, circuit.Allowance(Start.AddYears(1), 8));
        circuit.Enable();
        Assert.AreEqual(8, circuit.Allowance(Start, 8));
    }

    [TestMethod]
    public void Hopeless_is_only_who_let_nothing_through_for_the_whole_time()
    {
        var circuit = Some.Circuit(new RetryOptions { DisableAfter = TimeSpan.FromHours(1) });
        circuit.Failed(Start, "no", slowDown: false);
        Assert.IsFalse(circuit.IsHopeless(Start.AddMinutes(59)));
        Assert.IsTrue(circuit.IsHopeless(Start.AddMinutes(60)));
        circuit.Succeeded();
        Assert.IsFalse(circuit.IsHopeless(Start.AddDays(9)));
    }
}
