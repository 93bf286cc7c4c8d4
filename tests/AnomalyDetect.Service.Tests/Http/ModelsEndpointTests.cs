using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class ModelsEndpointTests
{
    [TestMethod]
    public async Task A_promoted_model_is_in_force_at_once_in_every_lane_and_after_a_rollback_the_one_before()
    {
        await using var service = await RunningService.StartAsync();
        var builtIn = ModelFile.ReadDefault().Id();
        Assert.AreEqual((HttpStatusCode.Created, HttpStatusCode.OK), ((await AddAsync(service, 1)).Status, (await AddAsync(service, 1)).Status), "new, and there already");
        var one = SeededModels.Of(1).Id();
        Assert.AreEqual(builtIn, InForce(await RunningService.JsonAsync(service.Admin, "/v1/models")), "registered is not promoted");

        var (status, promoted) = await PostAsync(service, $"/v1/models/{one}/promote", """{"reason":"better on March"}""");
        Assert.AreEqual((HttpStatusCode.OK, one, one), (status, promoted.GetProperty("champion").GetString(), InForce(promoted)), promoted.GetRawText());
        await EveryLaneRunsUnderAsync(service, one);
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), $"anomalydetect_model_in_force{{id=\"{one}\",source=\"registry\"}} 1");
        await service.AttackAsync("acme"); // events go through as ever

        var list = await RunningService.JsonAsync(service.Admin, "/v1/models?verify=true");
        Assert.AreEqual(0, list.GetProperty("problems").GetArrayLength());
        Assert.IsTrue(list.GetProperty("versions")[0].GetProperty("champion").GetBoolean());
        var shown = (await RunningService.JsonAsync(service.Admin, $"/v1/models/{one}")).GetProperty("card");
        Assert.AreEqual((1, "a test", 0.5), (shown.GetProperty("training").GetProperty("seed").GetInt32(), shown.GetProperty("reason").GetString(), shown.GetProperty("metrics").GetProperty("recall").GetDouble()));

        Assert.AreEqual(builtIn, InForce((await PostAsync(service, "/v1/models/rollback", """{"reason":"worse on April"}""")).Answer));
        await EveryLaneRunsUnderAsync(service, builtIn);
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), $"anomalydetect_model_in_force{{id=\"{builtIn}\",source=\"built_in\"}} 1");
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    public async Task A_shadow_runs_in_every_lane_and_ends_with_its_own_promotion()
    {
        await using var service = await RunningService.StartAsync();
        await AddAsync(service, 1);
        var one = SeededModels.Of(1).Id();
        var (status, answer) = await PostAsync(service, $"/v1/models/{one}/shadow", """{"reason":"watch it"}""");
        Assert.AreEqual((HttpStatusCode.OK, one, ModelFile.ReadDefault().Id()), (status, answer.GetProperty("shadow").GetString(), InForce(answer)), answer.GetRawText());
        await EveryLaneRunsUnderAsync(service, ModelFile.ReadDefault().Id(), one);
        Assert.IsFalse((await PostAsync(service, $"/v1/models/{one}/promote", """{"reason":"it was better"}""")).Answer.TryGetProperty("shadow", out _));
        await EveryLaneRunsUnderAsync(service, one);
    }

    [TestMethod]
    public async Task What_cannot_be_used_or_says_no_reason_is_refused_and_changes_nothing()
    {
        await using var service = await RunningService.StartAsync();
        await AddAsync(service, 1);
        var one = SeededModels.Of(1).Id();
        async Task Refused(HttpStatusCode expected, string path, string body, string why)
        {
            var (status, answer) = await PostAsync(service, path, body);
            Assert.AreEqual(expected, status, answer.GetRawText());
            StringAssert.Contains(answer.GetProperty("detail").GetString(), why);
        }

        await Refused(HttpStatusCode.BadRequest, $"/v1/models/{one}/promote", "{}", "Say why");
        await Refused(HttpStatusCode.BadRequest, "/v1/models/rollback", """{"reason":""}""", "Say why");
        await Refused(HttpStatusCode.BadRequest, "/v1/models", """{"file":"e30="}""", "Say why");
        await Refused(HttpStatusCode.BadRequest, "/v1/models", """{"reason":"x"}""", "Base64");
        await Refused(HttpStatusCode.BadRequest, "/v1/models", """{"file":"?","reason":"x"}""", "could not be used");
        await Refused(HttpStatusCode.Conflict, "/v1/models", """{"file":"e30=","reason":"x"}""", "no model");
        await Refused(HttpStatusCode.Conflict, "/v1/models/0123456789abcdef/promote", """{"reason":"x"}""", "There is no model");
        await Refused(HttpStatusCode.Conflict, "/v1/models/..%2F..%2Fx/promote", """{"reason":"x"}""", "There is no model");
        await Refused(HttpStatusCode.Conflict, "/v1/models/rollback", """{"reason":"x"}""", "nothing to roll back to");
        await File.AppendAllTextAsync(Path.Combine(service.Data, "models", one, "model.json"), " ");
        await Refused(HttpStatusCode.Conflict, $"/v1/models/{one}/promote", """{"reason":"x"}""", "was changed after it was registered");

        using var unknown = await service.Admin.GetAsync("/v1/models/0123456789abcdef");
        Assert.AreEqual(HttpStatusCode.NotFound, unknown.StatusCode);
        var list = await RunningService.JsonAsync(service.Admin, "/v1/models?verify=true");
        Assert.AreEqual(1, list.GetProperty("problems").GetArrayLength());
        Assert.AreEqual(ModelFile.ReadDefault().Id(), InForce(list));
    }

    [TestMethod]
    public async Task A_model_file_in_the_configuration_wins_over_the_champion()
    {
        using var directory = new TempDirectory();
        var path = SeededModels.Write(directory, 7);
        await using var service = await RunningService.StartAsync(
            o => o with { ModelFile = path }, s => s with { Engine = s.Engine with { Model = ModelFile.Read(path) } });
        await AddAsync(service, 1);
        var (_, answer) = await PostAsync(service, $"/v1/models/{SeededModels.Of(1).Id()}/promote", """{"reason":"for later"}""");
        Assert.AreEqual((SeededModels.Of(1).Id(), SeededModels.Of(7).Id(), "configuration"), (answer.GetProperty("champion").GetString(), InForce(answer), answer.GetProperty("source").GetString()));
    }

    private static string? InForce(JsonElement answer) => answer.GetProperty("in_force").GetString();

    private static Task<(HttpStatusCode Status, JsonElement Answer)> AddAsync(RunningService service, int seed) => PostAsync(
        service, "/v1/models", $$$"""{"file":"{{{Convert.ToBase64String(ModelFile.ToBytes(SeededModels.Of(seed)))}}}","reason":"a test","metrics":{"recall":0.5}}""");

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(RunningService service, string path, string body)
    {
        using var answer = await service.Admin.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    internal static Task EveryLaneRunsUnderAsync(RunningService service, string model, string? shadow = null) => Wait.UntilAsync(
        () =>
        {
            for (var i = 0; service.Host.Store.Lanes.Load($"journal/{i}") is { } lane; i++)
            {
                var options = EngineOptions.FromJson(service.Host.Store.Lanes.LoadEngine(lane.Checkpoint!.EngineVersion)!);
                if (options.Model!.Id() != model || options.Shadow?.Id() != shadow) return false;
            }

            return true;
        },
        $"every lane's checkpoint is of model {model}");
}
