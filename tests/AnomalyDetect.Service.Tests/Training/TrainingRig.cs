using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Streaming.History;

namespace AnomalyDetect.Service.Tests.Training;

/// <summary>A data directory a service has left, with a history to learn from, and retraining jobs in it.</summary>
internal sealed class TrainingRig : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();

    public string Data => _directory["data"];

    public string this[string name] => _directory[name];

    public string Champion => RegistryView.Of(Path.Combine(Data, "models")).Manifest(out _).Champion;

    public IReadOnlyList<string> Models => RegistryView.Of(Path.Combine(Data, "models")).Ids();

    public static async Task<TrainingRig> CreateAsync()
    {
        var rig = new TrainingRig();
        var file = rig._directory.Write("config.json", $$"""{ "data_directory": "{{rig.Data}}", "logging": { "level": "none" }, "http": { "urls": ["http://127.0.0.1:0"] } }""");
        await (await ServiceHost.StartAsync(ConfigFile.Load(file), TimeProvider.System)).DisposeAsync();
        return rig;
    }

    public Task<CliRun> TrainAsync(params string[] args) => CliRun.Of(["train", "--data", Data, .. args]);

    /// <summary>Puts rows where a service would have.</summary>
    public void Keep(IReadOnlyList<FeatureRow> rows)
    {
        var directory = Path.Combine(Data, "history");
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        var spool = new FeatureSpool(directory);
        spool.Begin(5);
        spool.Add(rows);
        spool.Complete().Dispose();
    }

    /// <summary>Rows of tenants whose people call, carry and now and then sign in; what goes together does.</summary>
    public static List<FeatureRow> Rows(int days = 3, int tenants = 3, int principals = 5, int seed = 1, Func<int, bool>? attacks = null)
    {
        var dice = new Random(seed);
        var rows = new List<FeatureRow>();
        var people = Enumerable.Range(0, tenants).Select(t => Enumerable.Range(0, principals).Select(p => Symbol.Create($"user-{t}-{p}")).ToArray()).ToArray();
        for (var w = 0; w < days * 288; w++)
        {
            var start = SomeTelemetry.Monday.AddMinutes(5 * w).Ticks;
            for (var t = 0; t < tenants; t++)
            {
                var tenant = Symbol.Create($"tenant-{t}");
                var sum = new double[Features.Count];
                var active = 0;
                foreach (var (p, who) in people[t].Index())
                {
                    if (dice.Next(3) == 0) continue;
                    active++;
                    var calls = 1 + dice.Next(8);
                    var attacking = attacks?.Invoke(p) == true && dice.Next(2) == 0;
                    var counts = new double[Features.Count];
                    counts[(int)Feature.ApiCalls] = calls;
                    counts[(int)Feature.Kilobytes] = (calls * 4) + dice.Next(5) + (attacking ? 20_000 : 0);
                    counts[(int)Feature.Resources] = Math.Max(1, calls / 2) + (attacking ? 400 : 0);
                    counts[(int)Feature.Networks] = counts[(int)Feature.Devices] = counts[(int)Feature.Sessions] = counts[(int)Feature.Countries] = 1;
                    counts[(int)Feature.Logins] = dice.Next(20) == 0 ? 1 : 0;
                    counts[(int)Feature.Denials] = dice.Next(40) == 0 ? 1 : 0;
                    for (var j = 0; j < counts.Length; j++) sum[j] += counts[j];
                    rows.Add(new FeatureRow(tenant, who, start, Logs(counts)));
                }

                sum[(int)Feature.Principals] = active;
                if (active > 0) rows.Add(new FeatureRow(tenant, null, start, Logs(sum)));
            }
        }

        return rows;
    }

    private static FeatureVector Logs(double[] counts)
    {
        var vector = default(FeatureVector);
        for (var j = 0; j < counts.Length; j++) vector[j] = (float)Math.Log(1 + counts[j]);
        return vector;
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
