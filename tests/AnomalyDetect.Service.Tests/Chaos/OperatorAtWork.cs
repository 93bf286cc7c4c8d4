using System.Text.Json;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>A person who undoes, approves, refuses and protects while everything shakes, and remembers what the service said was done.</summary>
internal sealed class OperatorAtWork(SupervisedService service, FeedCopy feed, Random chance)
{
    private const string Because = """{"reason":"the operator says so"}""";

    public List<string> Undone { get; } = [];

    public List<string> Approved { get; } = [];

    public List<string> Refused { get; } = [];

    /// <summary>Address and tenant.</summary>
    public List<(string Tenant, string Value)> Protected { get; } = [];

    /// <summary>Heads of the ledger that were given out: each has to be in it for ever.</summary>
    public List<string> Heads { get; } = [];

    public async Task ActAsync()
    {
        foreach (var id in new[] { feed.Newest, feed.Any(chance) })
            if (id is not null && await SaysAsync($"/v1/decisions/{id}/undo", 200)) Undone.Add(id);
        foreach (var held in await HeldAsync())
        {
            var approve = chance.Next(3) > 0;
            if (await SaysAsync($"/v1/decisions/{held}/{(approve ? "approve" : "refuse")}", 200)) (approve ? Approved : Refused).Add(held);
        }

        if (chance.Next(10) == 0 && feed.Any(chance) is { } spared && feed.Find(spared) is { } entry && entry.GetProperty("scope").GetString() == "address") await ProtectAsync(entry);
        if (await service.CallAsync(HttpMethod.Get, "/v1/ledger/head") is { Status: 200, Body: var head } && JsonSerializer.Deserialize<JsonElement>(head).GetProperty("head").GetString() is { } hash)
            Heads.Add(hash);
    }

    private async Task ProtectAsync(JsonElement entry)
    {
        var (tenant, value) = (entry.GetProperty("tenant_id").GetString()!, entry.GetProperty("value").GetString()!);
        var body = $$"""{"tenant_id":"{{tenant}}","kind":"address","value":"{{value}}","reason":"ours after all"}""";
        if (await service.CallAsync(HttpMethod.Post, "/v1/protections", body) is { Status: 201 }) Protected.Add((tenant, value));
    }

    private async Task<IReadOnlyList<string>> HeldAsync() => await service.CallAsync(HttpMethod.Get, "/v1/decisions/held?limit=4") is { Status: 200, Body: var body }
        ? [.. JsonSerializer.Deserialize<JsonElement>(body).GetProperty("held").EnumerateArray().Select(h => h.GetProperty("id").GetString()!)]
        : [];

    private async Task<bool> SaysAsync(string path, int status) => await service.CallAsync(HttpMethod.Post, path, Because) is { } answer && answer.Status == status;
}
