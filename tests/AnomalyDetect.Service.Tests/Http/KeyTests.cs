using System.Net;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class KeyTests
{
    [TestMethod]
    public async Task A_rotated_key_opens_by_both_texts_during_its_grace_and_at_once_by_the_new_one_only_without_one()
    {
        await using var service = await RunningService.StartAsync();
        var (id, first) = await MakeAsync(service, """{"name":"n","roles":["read"],"tenants":["acme"]}""");
        var (status, rotated) = await SendAsync(service.Admin, $"/v1/keys/{id}/rotate", """{"grace_seconds":3600}""");
        Assert.AreEqual(HttpStatusCode.OK, status, rotated.ToString());
        var second = rotated.GetProperty("key").GetString()!;
        Assert.IsTrue(rotated.TryGetProperty("previous_until", out _));
        Assert.AreEqual((HttpStatusCode.OK, HttpStatusCode.OK), (await ReadAsync(service, first), await ReadAsync(service, second)));

        var third = (await SendAsync(service.Admin, $"/v1/keys/{id}/rotate", """{"grace_seconds":0}""")).Json.GetProperty("key").GetString()!;
        Assert.AreEqual((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await ReadAsync(service, first), await ReadAsync(service, second), await ReadAsync(service, third)));
        var listed = await service.Admin.GetStringAsync("/v1/keys");
        foreach (var text in new[] { first, second, third }) Assert.DoesNotContain(text, listed);

        await service.Admin.DeleteAsync($"/v1/keys/{id}");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await ReadAsync(service, third));
        Assert.AreEqual(HttpStatusCode.Conflict, (await SendAsync(service.Admin, $"/v1/keys/{id}/rotate", "{}")).Status);
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    [DataRow("""{"grace_seconds":-1}""")]
    [DataRow("""{"grace_seconds":2592001}""")]
    [DataRow("""{"grace":1}""")]
    public async Task A_grace_out_of_range_is_refused(string body)
    {
        await using var service = await RunningService.StartAsync();
        Assert.AreEqual(HttpStatusCode.BadRequest, (await SendAsync(service.Admin, "/v1/keys/k/rotate", body)).Status);
    }

    [TestMethod]
    public async Task A_key_made_to_run_out_says_so_and_one_that_would_have_is_refused()
    {
        await using var service = await RunningService.StartAsync();
        var (_, answer) = await SendAsync(service.Admin, "/v1/keys", """{"name":"n","roles":["read"],"expires_at":"2099-01-01T00:00:00Z"}""");
        Assert.AreEqual("2099-01-01T00:00:00Z", answer.GetProperty("expires_at").GetString());
        var (status, problem) = await SendAsync(service.Admin, "/v1/keys", """{"name":"n","roles":["read"],"expires_at":"2020-01-01T00:00:00Z"}""");
        Assert.AreEqual(HttpStatusCode.BadRequest, status);
        StringAssert.Contains(problem.GetProperty("detail").GetString()!, "has passed already");
    }

    [TestMethod]
    public async Task When_a_key_was_last_used_is_shown_at_once_and_lasts_over_a_restart()
    {
        await using var service = await RunningService.StartAsync();
        var (id, text) = await MakeAsync(service, """{"name":"n","roles":["read"]}""");
        Assert.IsFalse(Listed(await RunningService.JsonAsync(service.Admin, "/v1/keys"), id).TryGetProperty("last_used_at", out _));
        await ReadAsync(service, text);
        var shown = Listed(await RunningService.JsonAsync(service.Admin, "/v1/keys"), id).GetProperty("last_used_at").GetString()!;
        Assert.EndsWith(":00Z", shown, "to the minute");
        await service.Host.DisposeAsync();
        var list = await CliRun.Of("keys", "list", "--data", service.Data);
        StringAssert.Contains(list.Out, $"{id}  n  read  every tenant  in force  last used {shown[..10]} {shown[11..16]}Z", list.Error);
    }

    [TestMethod]
    public async Task A_use_reaches_the_store_once_in_a_while_and_not_with_each_request()
    {
        var (store, clock) = (new CountingKeys(), new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 30, TimeSpan.Zero)));
        await using (var usage = new KeyUsage(store, clock))
        {
            usage.Start();
            for (var i = 0; i < 100; i++) usage.Mark("k1");
            Assert.IsEmpty(store.Told);
            clock.Advance(KeyUsage.Interval);
            await Wait.UntilAsync(() => store.Told.Count == 1, "the store to be told");
            usage.Mark("k2");
        }

        CollectionAssert.AreEqual(new[] { "k1 09:00", "k2 09:02" }, store.Told);
    }

    [TestMethod]
    public async Task Keys_are_made_rotated_and_revoked_on_the_command_line_through_the_service_and_on_its_store()
    {
        await using var service = await RunningService.StartAsync();
        await LifeAsync(service.Data);
        await service.Host.DisposeAsync();
        await LifeAsync(service.Data);
    }

    private static async Task LifeAsync(string data)
    {
        async Task<CliRun> Done(params string[] args)
        {
            var run = await CliRun.Of(["keys", .. args, "--data", data]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            return run;
        }

        var made = await Done("add", "--name", "shop", "--role", "read", "--tenant", "acme", "--expires-in", "90d");
        var id = made.Error.Split(' ')[1];
        var rotated = await Done("rotate", id, "--grace", "2h");
        Assert.StartsWith("ad_", rotated.Out);
        Assert.AreNotEqual(made.Out, rotated.Out);
        StringAssert.Contains((await Done("list")).Out, ", its text before the rotation until ");
        await Done("revoke", id);
        StringAssert.Contains((await Done("list")).Out, $"{id}  shop  read  acme  revoked ");
        Assert.AreEqual(1, (await CliRun.Of("keys", "rotate", id, "--data", data)).ExitCode);
        Assert.AreEqual(2, (await CliRun.Of("keys", "rotate", id, "--grace", "31d", "--data", data)).ExitCode);
    }

    private static JsonElement Listed(JsonElement list, string id) => list.GetProperty("keys").EnumerateArray().Single(k => k.GetProperty("id").GetString() == id);

    private static async Task<HttpStatusCode> ReadAsync(RunningService service, string key) => (await service.Client(key).GetAsync("/v1/alerts")).StatusCode;

    private static async Task<(string Id, string Text)> MakeAsync(RunningService service, string body)
    {
        var (status, json) = await SendAsync(service.Admin, "/v1/keys", body);
        Assert.AreEqual(HttpStatusCode.Created, status);
        return (json.GetProperty("id").GetString()!, json.GetProperty("key").GetString()!);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Only notes what it is told.</summary>
    private sealed class CountingKeys : IApiKeyStore
    {
        public List<string> Told { get; } = [];

        public bool Any => true;

        public void Used(IReadOnlyDictionary<string, DateTime> lastUsed) => Told.AddRange(lastUsed.Select(u => $"{u.Key} {u.Value:HH:mm}"));

        public void Add(ApiKey key, byte[] secretHash, string actor) => throw new NotSupportedException();

        public ApiKey? Find(byte[] secretHash) => throw new NotSupportedException();

        public bool Opens(byte[] secretHash) => throw new NotSupportedException();

        public ApiKey? Rotate(string id, byte[] secretHash, DateTime previousUntil, string actor) => throw new NotSupportedException();

        public IReadOnlyList<ApiKey> List() => throw new NotSupportedException();

        public bool Revoke(string id, string actor) => throw new NotSupportedException();
    }
}
