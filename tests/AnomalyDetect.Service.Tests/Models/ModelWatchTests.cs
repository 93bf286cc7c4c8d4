using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Models;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Service.Tests.Http;

namespace AnomalyDetect.Service.Tests.Models;

[TestClass]
public sealed class ModelWatchTests
{
    [TestMethod]
    public async Task A_champion_named_behind_the_services_back_is_taken_and_one_that_is_damaged_is_not()
    {
        await using var service = await RunningService.StartAsync(o => o with { Models = o.Models with { Poll = TimeSpan.FromSeconds(1) } });
        var registry = Beside(service);
        var (one, two) = (Register(registry, 1), Register(registry, 2));
        registry.Promote(one, "a deployment", "better");
        await Wait.UntilAsync(() => service.Host.Models.Now.Id == one, "the watch takes it");
        await ModelsEndpointTests.EveryLaneRunsUnderAsync(service, one);

        var file = Path.Combine(service.Data, "models", two, "model.json");
        var whole = await File.ReadAllBytesAsync(file);
        registry.Promote(two, "a deployment", "better still");
        await File.WriteAllBytesAsync(file, whole[..^9]);
        service.Host.Models.Refresh();
        Assert.AreEqual(one, service.Host.Models.Now.Id, "the last good one stays");
        StringAssert.Contains(service.Host.Models.Now.Problem, "was changed after it was registered");
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), "anomalydetect_model_trouble 1");

        await File.WriteAllBytesAsync(file, whole);
        await Wait.UntilAsync(() => service.Host.Models.Now.Id == two, "it is tried again until it can be taken");
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), "anomalydetect_model_trouble 0");
    }

    [TestMethod]
    public async Task A_manifest_cut_short_changes_nothing_while_running_and_nothing_at_the_next_start()
    {
        await using var service = await RunningService.StartAsync();
        var registry = Beside(service);
        var one = Register(registry, 1);
        registry.Promote(one, "ann", "better");
        service.Host.Models.Refresh();
        await File.WriteAllTextAsync(Path.Combine(service.Data, "models", "manifest.json"), "{ \"format\": 1, \"champ");
        service.Host.Models.Refresh();
        Assert.AreEqual(one, service.Host.Models.Now.Id);
        StringAssert.Contains(service.Host.Models.Now.Problem, "is cut short or is none");
        var start = ModelInForce.Of(service.Host.Settings, Beside(service));
        Assert.AreEqual((one, ModelSource.Registry), (start.Id, start.Source));
        StringAssert.Contains(start.Problem, "Its copy");
    }

    [TestMethod]
    public async Task A_store_that_cannot_keep_the_options_leaves_the_model_and_the_next_look_tries_again()
    {
        await using var service = await RunningService.StartAsync();
        var registry = Beside(service);
        var settings = service.Host.Settings with { Written = service.Host.Settings.Written with { Models = new() { Poll = TimeSpan.FromHours(1) } } };
        await using var watch = new ModelWatch(settings, registry, new ModelMetrics(Prometheus.Metrics.NewCustomRegistry()), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var full = true;
        var taken = new List<string>();
        watch.Start(
            engine =>
            {
                if (full) throw new Storage.StoreException(Storage.StoreProblem.Full, "There is no room left to write the store.");
                taken.Add(engine.Model!.Id());
            }, TimeProvider.System);
        var one = Register(registry, 1);
        registry.Promote(one, "ann", "better");
        watch.Look();
        Assert.IsNull(watch.Now.Problem, "seen once is not yet at rest");
        watch.Look();
        Assert.AreEqual((ModelFile.ReadDefault().Id(), "There is no room left to write the store."), (watch.Now.Id, watch.Now.Problem));
        full = false;
        watch.Look();
        Assert.AreEqual((one, null), (watch.Now.Id, watch.Now.Problem));
        watch.Look();
        Assert.AreSequenceEqual(new[] { one }, taken);
    }

    [TestMethod]
    public void A_manifest_is_acted_on_once_it_has_come_to_rest_and_not_again()
    {
        var pulse = new ManifestPulse("a");
        Assert.IsFalse(pulse.IsDue("a"));
        Assert.IsFalse(pulse.IsDue("ab"), "being written");
        Assert.IsFalse(pulse.IsDue("abc"));
        Assert.IsTrue(pulse.IsDue("abc"));
        pulse.Acted("abc");
        Assert.IsFalse(pulse.IsDue("abc"));
        Assert.IsFalse(pulse.IsDue("a"));
        Assert.IsTrue(pulse.IsDue("a"));
    }

    private static ModelRegistry Beside(RunningService service) => new(service.Host.Settings.ModelsDirectory, service.Host.Store.Ledger, TimeProvider.System);

    private static string Register(ModelRegistry registry, int seed) =>
        registry.Register(ModelFile.ToBytes(SeededModels.Of(seed)), new Dictionary<string, double>(), "a deployment", "a test", out _).Id;
}
