using System.Net.Sockets;
using System.Text;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Processes;

/// <summary>A service killed in the middle of registering and promoting models.</summary>
[TestClass]
public sealed class ModelKillTests
{
    private const int Kills = 6;

    [TestMethod]
    [Timeout(240_000, CooperativeCancellation = true)]
    public async Task Killed_while_models_are_registered_and_promoted_it_starts_again_with_a_whole_registry_and_one_of_its_champions()
    {
        using var directory = new TempDirectory();
        var config = directory.Write("config.json", $$"""{ "data_directory": "{{directory["data"]}}", "http": { "urls": ["http://127.0.0.1:0"] } }""");
        var known = new HashSet<string> { ModelFile.ReadDefault().Id() };
        var child = await ChildService.StartAsync(config);
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                var key = (await File.ReadAllTextAsync(Path.Combine(directory["data"], "admin.key"))).Trim();
                for (var i = 0; i < 40; i++) known.Add(SeededModels.Of((100 * kill) + i).Id());
                var changing = ChangeAsync(child, key, 100 * kill);
                await Task.Delay(15 + (kill * 23));
                await child.KillAsync();
                await changing;
                await child.DisposeAsync();

                child = await ChildService.StartAsync(config);
                var verify = await CliRun.Of("models", "verify", "--data", directory["data"]);
                Assert.AreEqual(0, verify.ExitCode, verify.Error);
                var inForce = child.Said.Split("Model of behaviour ")[1].Split(',')[0];
                Assert.Contains(inForce, known);
                StringAssert.Contains((await CliRun.Of("models", "list", "--data", directory["data"])).Out, $"in force {inForce} (");
            }
        }
        finally
        {
            await child.DisposeAsync();
        }

        var ledger = await CliRun.Of("ledger", "verify", "--data", directory["data"]);
        Assert.AreEqual(0, ledger.ExitCode, ledger.Error);
    }

    private static async Task ChangeAsync(ChildService child, string key, int from)
    {
        using var client = child.Client(key);
        try
        {
            for (var i = 0; i < 40; i++)
            {
                var model = SeededModels.Of(from + i);
                await PostAsync(client, "/v1/models", $$"""{"file":"{{Convert.ToBase64String(ModelFile.ToBytes(model))}}","reason":"a test"}""");
                await PostAsync(client, $"/v1/models/{model.Id()}/promote", """{"reason":"a test"}""");
            }
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // killed
        }
    }

    private static async Task PostAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.IsTrue(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
