using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Service.Tests.Fixtures;
using StackExchange.Redis;

namespace AnomalyDetect.Service.Tests.Processes;

/// <summary>The kill switch thrown while the real process is killed, against a real enforcer.</summary>
[TestClass]
public sealed class HaltKillTests
{
    private const int Attackers = 40;

    [TestMethod]
    [Timeout(240_000, CooperativeCancellation = true)]
    [DataRow(0)]
    [DataRow(15)]
    public async Task A_halt_that_was_recorded_is_carried_out_however_the_process_ends(int after)
    {
        using var garnet = GarnetHost.Start();
        using var directory = new TempDirectory();
        var config = directory.Write("config.json", $$"""
            {
              "data_directory": "{{directory["data"]}}", "http": { "urls": ["http://127.0.0.1:0"] },
              "response": { "enforce": true, "redis": { "configuration": "{{garnet.Configuration}}", "check_interval": "1s", "retry": { "base": "1s", "factor": 1, "max": "1s" } } }
            }
            """);
        await using var redis = await garnet.ConnectAsync();
        Task<long> StandingAsync() => redis.GetDatabase().SortedSetLengthAsync("deny:index");
        var child = await ChildService.StartAsync(config);
        try
        {
            var key = (await File.ReadAllTextAsync(Path.Combine(directory["data"], "admin.key"))).Trim();
            using (var client = child.Client(key))
            {
                var from = DateTime.UtcNow.AddSeconds(-40);
                var attack = string.Concat(Enumerable.Range(1, Attackers).Select(i => Lines.Forged("acme", $"203.0.113.{i}", 15, from, $"a{i}")));
                using var sent = await client.PostAsync("/v1/events", new StringContent(attack, Encoding.UTF8, "application/x-ndjson"));
                Assert.AreEqual(202, (int)sent.StatusCode);
                await Wait.UntilAsync(async () => await StandingAsync() == Attackers, "every attacker is blocked", 60);
                var halting = HaltAsync(client);
                await Task.Delay(after); // somewhere between the request and its answer
                await child.KillAsync();
                await halting;
            }

            await child.DisposeAsync();
            child = await ChildService.StartAsync(config);
            using (var client = child.Client(key))
            {
                if (!await IsHaltedAsync(client)) Assert.IsTrue(await HaltAsync(client), child.Said);
                await Wait.UntilAsync(async () => await StandingAsync() == 0, "all is taken back from Redis", 60);
                var feed = JsonSerializer.Deserialize<JsonElement>(await client.GetByteArrayAsync("/v1/decisions"));
                Assert.AreEqual(0, feed.GetProperty("decisions").GetArrayLength());
            }
        }
        finally
        {
            await child.DisposeAsync();
        }

        var verdict = await CliRun.Of("ledger", "verify", "--data", directory["data"]);
        Assert.AreEqual(0, verdict.ExitCode, verdict.Error);
    }

    private static async Task<bool> HaltAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.PostAsync("/v1/enforcement/halt", new StringContent("""{"reason":"customers are locked out"}""", Encoding.UTF8, "application/json"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> IsHaltedAsync(HttpClient client) =>
        JsonSerializer.Deserialize<JsonElement>(await client.GetByteArrayAsync("/v1/enforcement")).GetProperty("halted").GetBoolean();
}
