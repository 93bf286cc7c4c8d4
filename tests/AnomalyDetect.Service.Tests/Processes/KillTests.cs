using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Processes;

/// <summary>What the design promises of a crash, tried on the real process.</summary>
[TestClass]
public sealed class KillTests
{
    private const int Chunks = 60;
    private const int Kills = 10;

    [TestMethod]
    [Timeout(240_000, CooperativeCancellation = true)]
    public async Task Killed_ten_times_it_ends_with_exactly_the_alerts_and_decisions_of_an_undisturbed_run()
    {
        var from = DateTime.UtcNow.AddMinutes(-10);
        var chunks = Enumerable.Range(0, Chunks).Select(i => Chunk(i, from)).ToList();
        var calm = await RunAsync(chunks, kills: 0);
        var rough = await RunAsync(chunks, Kills);

        Assert.IsGreaterThanOrEqualTo(Chunks, calm.Alerts.Count, "each chunk holds an attack");
        CollectionAssert.AreEqual(calm.Alerts.ToList(), rough.Alerts.ToList(), "alerts");
        CollectionAssert.AreEqual(calm.Decisions.ToList(), rough.Decisions.ToList(), "decisions");
        CollectionAssert.AreEqual(calm.WebhookIds.ToList(), rough.WebhookIds.ToList(), "webhooks");
    }

    /// <summary>One address forging tokens, and ordinary logins; a few seconds after the chunk before.</summary>
    private static string Chunk(int i, DateTime from) =>
        Lines.Forged($"tenant{i % 3}", $"203.0.113.{i}", 25, from.AddSeconds(5 * i), $"c{i}")
        + string.Concat(Enumerable.Range(0, 20).Select(j => Lines.Login($"l{i}-{j}", $"tenant{j % 5}", from.AddSeconds((5 * i) + (j / 10.0)))));

    private static async Task<Ending> RunAsync(IReadOnlyList<string> chunks, int kills)
    {
        using var directory = new TempDirectory();
        await using var receiver = HttpReceiver.Start();
        var config = Configure(directory, receiver);
        var child = await ChildService.StartAsync(config);
        try
        {
            var key = (await File.ReadAllTextAsync(Path.Combine(directory["data"], "admin.key"))).Trim();
            var every = kills == 0 ? int.MaxValue : chunks.Count / kills;
            for (var i = 0; i < chunks.Count; i++)
            {
                if (i % every == every - 1)
                {
                    // Somewhere between before the request and after its answer.
                    var sending = TrySendAsync(child, key, chunks[i]);
                    await Task.Delay(i % 7 * 4);
                    await child.KillAsync();
                    await sending;
                    await child.DisposeAsync();
                    child = await ChildService.StartAsync(config);
                    if (sending.Result) continue; // answered: not sent again
                }

                if (!await TrySendAsync(child, key, chunks[i])) Assert.Fail($"chunk {i} was refused by a running service: {child.Said}");
            }

            return await EndingAsync(child, key, receiver, directory["data"]);
        }
        finally
        {
            await child.DisposeAsync();
        }
    }

    private static async Task<bool> TrySendAsync(ChildService child, string key, string chunk)
    {
        using var client = child.Client(key);
        try
        {
            using var answer = await client.PostAsync("/v1/events", new StringContent(chunk, Encoding.UTF8, "application/x-ndjson"));
            return (int)answer.StatusCode == 202;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return false;
        }
    }

    private static async Task<Ending> EndingAsync(ChildService child, string key, HttpReceiver receiver, string data)
    {
        using var client = child.Client(key);
        async Task<JsonElement> Get(string path) => JsonSerializer.Deserialize<JsonElement>(await client.GetByteArrayAsync(path));
        List<string> alerts = [];
        for (var (quiet, waited) = (0, 0); quiet < 5 && waited < 300; waited++)
        {
            await Task.Delay(200);
            List<string> now = [.. (await Get("/v1/alerts?limit=1000")).GetProperty("alerts").EnumerateArray().Select(a => a.GetRawText()).Order(StringComparer.Ordinal)];
            var pending = (await Get("/v1/deliveries?state=pending&limit=1")).GetProperty("deliveries").GetArrayLength();
            quiet = now.Count >= Chunks && pending == 0 && now.SequenceEqual(alerts) ? quiet + 1 : 0;
            alerts = now;
        }

        // Where a change stands in the feed, and when it was stored, goes by the run.
        List<string> decisions = [];
        foreach (var entry in (await Get("/v1/decisions?limit=10000")).GetProperty("decisions").EnumerateArray())
            decisions.Add(string.Join(',', entry.EnumerateObject().Where(p => p.Name is not ("seq" or "in_force_since")).Select(p => p.ToString())));

        var dead = (await Get("/v1/deliveries?state=dead")).GetProperty("deliveries").GetArrayLength();
        Assert.AreEqual(0, dead, "nothing was given up");
        var messages = receiver.Requests.GroupBy(r => r["webhook-id"]).ToList();
        foreach (var message in messages)
            Assert.AreEqual(1, message.Select(r => Convert.ToHexString(r.Body)).Distinct().Count(), $"webhook {message.Key} was delivered with two bodies");
        var verdict = await CliRun.Of("ledger", "verify", "--data", data);
        Assert.AreEqual(0, verdict.ExitCode, verdict.Error);
        return new Ending(alerts, [.. decisions.Order(StringComparer.Ordinal)], [.. messages.Select(m => m.Key).Order(StringComparer.Ordinal)]);
    }

    private static string Configure(TempDirectory directory, HttpReceiver receiver)
    {
        directory.Write("secret", "whsec_" + Convert.ToBase64String(new byte[32]));
        return directory.Write("config.json", $$"""
            {
              "data_directory": "{{directory["data"]}}",
              "http": { "urls": ["http://127.0.0.1:0"] },
              "detection": { "allowed_lateness": "1h", "dedupe_horizon": "1h" },
              "pipeline": { "checkpoint_interval": "1s" },
              "response": {
                "enforce": true,
                "retry": { "base": "1s", "factor": 1, "max": "1s" },
                "webhooks": [{ "name": "soc", "url": "{{receiver.Url}}", "secrets": [{ "file": "{{directory["secret"]}}" }], "allowed_ranges": ["127.0.0.0/8"] }]
              }
            }
            """);
    }

    private sealed record Ending(IReadOnlyList<string> Alerts, IReadOnlyList<string> Decisions, IReadOnlyList<string> WebhookIds);
}
