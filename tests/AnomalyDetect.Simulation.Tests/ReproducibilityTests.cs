using System.Globalization;
using System.Security.Cryptography;
using CsCheck;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class ReproducibilityTests
{
    private static readonly SimulationOptions Small = new() { Seed = 3, Tenants = 3, EventsPerMinute = 60, Duration = TimeSpan.FromHours(30) };

    [TestMethod]
    public void The_same_seed_gives_the_same_bytes_whatever_the_culture()
    {
        var once = Bytes(Small);
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (odd.NumberFormat.NegativeSign, odd.NumberFormat.NumberDecimalSeparator, odd.DateTimeFormat.TimeSeparator) = ("~", ",", ".");
            CultureInfo.CurrentCulture = odd;
            Assert.IsTrue(once.AsSpan().SequenceEqual(Bytes(Small)), "other bytes under another culture");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    [DataRow(true, "b3738d85a9018ef8", DisplayName = "the sample's scenarios")]
    [DataRow(false, "9af3cb7e252d9ab2", DisplayName = "all")]
    public void A_seed_means_the_same_in_every_process_and_version(bool samples, string pinned)
    {
        var options = samples ? Small with { Scenarios = SimulationOptions.Sample.Scenarios, NamesObjects = false } : Small;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Bytes(options)))[..16];
        Assert.AreEqual(pinned, hash, "a change of the traffic of existing seeds changes samples and published results: say so in the commit, then pin anew");
    }

    [TestMethod]
    public void Different_seeds_give_different_tenants_and_traffic() =>
        Gen.Select(Gen.Int[1, 10_000], Gen.Int[10_001, 20_000]).Sample(
            (a, b) =>
            {
                var (one, two) = (new TrafficSimulator(Small with { Seed = a }), new TrafficSimulator(Small with { Seed = b }));
                return !one.TenantIds.SequenceEqual(two.TenantIds) && !one.Generate().Take(50).SequenceEqual(two.Generate().Take(50));
            },
            iter: 20);

    [TestMethod]
    public void Generating_again_starts_anew()
    {
        var simulator = new TrafficSimulator(Small);
        CollectionAssert.AreEqual(simulator.Generate().Take(2000).ToArray(), simulator.Generate().Take(2000).ToArray());
    }

    [TestMethod]
    public void Plain_traffic_is_the_same_with_and_without_scenarios()
    {
        var simulator = new TrafficSimulator(Small);
        var silences = simulator.Labels.Where(l => l.Kind == ScenarioKind.TelemetrySilence).ToArray();
        var played = simulator.Generate().ToArray();
        var with = played.Where(e => e.LabelId is null).ToArray();
        // The routines happen either way; only their labels differ.
        var routines = played.Count(e => e.LabelId is { } l && (l.StartsWith("batch", StringComparison.Ordinal) || l.StartsWith("partner_sync", StringComparison.Ordinal)));
        var without = new TrafficSimulator(Small with { Scenarios = [] }).Generate().ToArray();
        var withheld = without.Count(e => silences.Any(s => s.TenantId == e.TenantId && e.OccurredAt >= s.Start && e.OccurredAt < s.End));
        Assert.AreEqual(without.Length, with.Length + routines + withheld);
        Assert.IsTrue(with.Select(e => e.Id).ToHashSet().IsSubsetOf(without.Select(e => e.Id)));
    }

    [TestMethod]
    [DataRow(1, 4, 0.1, 9.0, DisplayName = "one tiny tenant")]
    [DataRow(2, 4, 1.0, 0.05, DisplayName = "an hour")]
    [DataRow(30, 40, 5.0, 1.5, DisplayName = "many tenants")]
    [DataRow(2, 100, 5.0, 9.0, DisplayName = "nine days")]
    public void Runs_of_any_shape_play_every_label_to_its_end(int tenants, int people, double rate, double days)
    {
        var options = new SimulationOptions
        {
            Seed = 4, Tenants = tenants, PrincipalsPerTenant = people, EventsPerMinute = rate, Duration = TimeSpan.FromDays(days), Repeats = 2,
        };
        var run = new Run(options);
        Assert.IsNotEmpty(run.Labels);
        foreach (var label in run.Labels) Assert.HasCount(label.Events, run.Played(label), label.Id);
        InOrder(run);
    }

    [TestMethod]
    public void Events_come_in_time_order_within_the_run_and_never_share_an_id()
    {
        InOrder(Runs.TwoDays);
        InOrder(Runs.Weeks);
    }

    private static void InOrder(Run run)
    {
        for (var i = 1; i < run.Events.Count; i++)
            Assert.IsGreaterThanOrEqualTo(run.Events[i - 1].OccurredAt, run.Events[i].OccurredAt, $"event {i}");
        Assert.IsTrue(run.Events[0].OccurredAt >= run.Options.Start && run.Events[^1].OccurredAt < run.Options.Start + run.Options.Duration);
        Assert.HasCount(run.Events.Count, run.Events.Select(e => e.Id).ToHashSet());
    }

    [TestMethod]
    public void A_written_run_reads_back_the_same_plain_and_compressed()
    {
        var directory = Directory.CreateTempSubdirectory("simulation-").FullName;
        try
        {
            var plain = SimulationWriter.Write(directory, Small);
            var packed = SimulationWriter.Write(Path.Combine(directory, "gz"), Small, gzip: true);
            var expected = Bytes(Small);
            Assert.IsTrue(expected.AsSpan().SequenceEqual(File.ReadAllBytes(plain.EventsPath)), "plain");
            using var file = File.OpenRead(packed.EventsPath);
            using var unpacked = new MemoryStream();
            new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress).CopyTo(unpacked);
            Assert.IsTrue(expected.AsSpan().SequenceEqual(unpacked.ToArray()), "compressed");
            Assert.AreEqual(File.ReadLines(plain.EventsPath).LongCount(), plain.Events);
            var labels = File.ReadLines(plain.LabelsPath).Select(AttackLabel.FromJson).ToArray();
            Assert.HasCount(plain.Labels, labels);
            CollectionAssert.AreEqual(new TrafficSimulator(Small).Labels.Select(l => l.ToJson()).ToArray(), labels.Select(l => l.ToJson()).ToArray());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [TestMethod]
    public void Logarithms_agree_with_the_library() =>
        Gen.Double[1e-17, 1].Sample(x => Math.Abs(Dice.Ln(x) - Math.Log(x)) < 1e-9);

    [TestMethod]
    public void Options_out_of_range_are_all_named()
    {
        var problems = new SimulationOptions
        {
            Tenants = 0,
            EventsPerMinute = double.NaN,
            Duration = TimeSpan.Zero,
            Schedule = [new(ScenarioKind.OfficeNat, TimeSpan.FromDays(9), 7), new(ScenarioKind.DormantPrincipal, TimeSpan.FromDays(8))],
        };
        var thrown = Assert.ThrowsExactly<ArgumentException>(() => new TrafficSimulator(problems));
        foreach (var word in new[] { "tenants", "events per minute", "duration", "OfficeNat", "DormantPrincipal must begin 8.7 days" }) StringAssert.Contains(thrown.Message, word);
    }

    private static byte[] Bytes(SimulationOptions options)
    {
        using var stream = new MemoryStream();
        SimulationWriter.Write(new TrafficSimulator(options), options, stream);
        return stream.ToArray();
    }
}
