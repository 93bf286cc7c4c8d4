using System.Globalization;
using System.Net;
using System.Text.Json;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class ClockFaultsTests
{
    private static readonly DateTime T = new(2026, 3, 2, 9, 10, 0, DateTimeKind.Utc);

    /// <summary>As a lane of its own would commit it.</summary>
    internal static void Store(RunningService service, string tenant, DateTime at, ClockFaultKind kind = ClockFaultKind.Late)
    {
        var seen = new OutOfTime(20, TimeSpan.FromSeconds(179.5), $"{tenant}-7");
        var outcome = new Outcome();
        outcome.ClockFaults.Add(new ClockFault(tenant, at, 200, kind == ClockFaultKind.Late ? seen : default, kind == ClockFaultKind.Ahead ? seen : default));
        service.Host.Store.Lanes.Commit([new LaneCommit($"test/{tenant}", at.Ticks, outcome, [])]);
    }

    [TestMethod]
    public async Task A_tenant_whose_events_claim_to_be_from_the_future_is_listed_and_stays_so_over_a_restart()
    {
        await using var service = await RunningService.StartAsync();
        var before = DateTime.UtcNow;
        var lines = string.Concat(Enumerable.Range(0, 25).Select(i => Lines.Login($"e{i}", "acme", before.AddHours(2))));
        using (var answer = await RunningService.PostAsync(service.Admin, lines)) Assert.AreEqual(HttpStatusCode.Accepted, answer.StatusCode);
        JsonElement[] rows = [];
        await Wait.UntilAsync(async () => (rows = await ListAsync(service.Admin)).Length == 1, "the fault is stored", seconds: 30);
        var row = rows.Single();
        Assert.AreEqual(("acme", "ahead", 1L, 20L, "e0"), (Text(row, "tenant_id"), Text(row, "kind"), row.GetProperty("hours").GetInt64(), row.GetProperty("events").GetInt64(), Text(row, "event_id")));
        Assert.IsInRange(7000, 7200, row.GetProperty("worst_seconds").GetDouble());
        Assert.IsInRange(before.AddSeconds(-1), DateTime.UtcNow, row.GetProperty("first_seen").GetDateTime());

        await service.RestartAsync();
        Assert.AreEqual(row.GetRawText(), (await ListAsync(service.Admin)).Single().GetRawText());
    }

    [TestMethod]
    public async Task They_are_paged_and_a_key_of_some_tenants_sees_theirs()
    {
        await using var service = await RunningService.StartAsync();
        for (var i = 0; i < 5; i++) Store(service, $"t{i}", T.AddMinutes(i));
        var first = await RunningService.JsonAsync(service.Admin, "/v1/clock-faults?limit=3");
        CollectionAssert.AreEqual(new[] { "t4", "t3", "t2" }, Tenants(first));
        var second = await RunningService.JsonAsync(service.Admin, $"/v1/clock-faults?limit=3&after={first.GetProperty("next").GetInt64()}");
        CollectionAssert.AreEqual(new[] { "t1", "t0" }, Tenants(second));
        Assert.IsFalse(second.TryGetProperty("next", out _));
        CollectionAssert.AreEqual(new[] { "t3" }, Tenants(await RunningService.JsonAsync(service.Admin, "/v1/clock-faults?tenant=t3")));

        using var some = service.ClientWith([ApiRole.Read], "t1", "t3");
        CollectionAssert.AreEqual(new[] { "t3", "t1" }, Tenants(await RunningService.JsonAsync(some, "/v1/clock-faults")));
        CollectionAssert.AreEqual(new[] { "t1" }, Tenants(await RunningService.JsonAsync(some, "/v1/clock-faults?tenant=t1")));
        Assert.AreEqual(HttpStatusCode.Forbidden, (await some.GetAsync("/v1/clock-faults?tenant=t2")).StatusCode);
    }

    [TestMethod]
    [DataRow("limit=0")]
    [DataRow("limit=1001")]
    [DataRow("after=-1")]
    public async Task A_bad_parameter_is_named(string query)
    {
        await using var service = await RunningService.StartAsync();
        using var answer = await service.Admin.GetAsync($"/v1/clock-faults?{query}");
        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "\"code\":\"bad_parameter\"");
    }

    [TestMethod]
    public async Task The_verb_lists_them_through_the_running_service_and_on_the_store()
    {
        await using var service = await RunningService.StartAsync();
        Store(service, "ac\u001b[2Jme", T);
        Store(service, "globex", T, ClockFaultKind.Ahead);
        Store(service, "globex", T.AddHours(2), ClockFaultKind.Ahead);
        var running = await ListedAsync(service.Data);
        await service.Host.DisposeAsync();
        Assert.AreEqual(running, await ListedAsync(service.Data));
    }

    private static async Task<string> ListedAsync(string data)
    {
        async Task<string[]> Lines(params string[] args)
        {
            var run = await CliRun.Of(["clock-faults", "list", "--data", data, .. args]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            return run.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }

        var all = await Lines();
        Assert.HasCount(2, all);
        StringAssert.EndsWith(all[0], "  globex  ahead  2026-03-02 09:10:00Z to 2026-03-02 11:10:00Z  in 2 hours  40 events and more, up to 3m ahead, such as globex-7");
        StringAssert.Contains(all[1], "  late  2026-03-02 09:10:00Z to 2026-03-02 09:10:00Z  in 1 hour  20 events and more, up to 3m behind, such as ");
        Assert.DoesNotContain("\u001b", all[1]);
        CollectionAssert.AreEqual(all[..1], await Lines("--limit", "1"));
        CollectionAssert.AreEqual(all[..1], await Lines("--tenant", "globex"));
        CollectionAssert.AreEqual(all[1..], await Lines("--after", all[0].Split(' ')[0]));
        return string.Join('\n', all);
    }

    private static async Task<JsonElement[]> ListAsync(HttpClient client) => [.. (await RunningService.JsonAsync(client, "/v1/clock-faults")).GetProperty("clock_faults").EnumerateArray()];

    private static string[] Tenants(JsonElement list) => [.. list.GetProperty("clock_faults").EnumerateArray().Select(f => Text(f, "tenant_id"))];

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
