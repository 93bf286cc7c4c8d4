using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>keys add|list|revoke</c>.</summary>
internal static class KeysVerb
{
    public static Command Create(Terminal terminal) =>
        new("keys", "Make, list and revoke API keys.") { Add(terminal), List(terminal), Revoke(terminal) };

    private static Command Add(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true };
        var roles = new Option<string[]>("--role") { Description = "What it may do; may be given several times.", Required = true };
        roles.AcceptOnlyFromAmong([.. Names.All<ApiRole>()]);
        var tenants = new Option<string[]>("--tenant") { Description = "Only for this tenant; may be given several times. Without it, for every tenant." };
        var verb = reach.On(new Command("add", "Make a key. It is printed once and stored only as a hash.") { name, roles, tenants });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            List<ApiRole> asked = [.. parsed.GetRequiredValue(roles).Select(r => Names.TryParse(r, out ApiRole role) ? role : throw new UserException($"{r} is no role."))];
            var key = await operations.AddKeyAsync(new KeyRequest(parsed.GetRequiredValue(name), asked, parsed.GetValue(tenants) ?? []));
            await terminal.Error.WriteLineAsync($"Key {key.Id} ({Printable.Of(key.Name)}) was made. Keep it now: it is not shown again.");
            await terminal.Out.WriteLineAsync(key.Key);
            return UserException.Done;
        });
        return verb;
    }

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("list", "Show keys: id, name, roles, tenants and whether they are in force."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            foreach (var key in (await operations.KeysAsync()).Keys)
            {
                var scope = key.Tenants.Count == 0 ? "every tenant" : string.Join(',', key.Tenants.Select(t => Printable.Of(t)));
                var state = key.RevokedAt is { } at ? $"revoked {at:yyyy-MM-dd HH:mm:ss}Z" : "in force";
                await terminal.Out.WriteLineAsync($"{key.Id}  {Printable.Of(key.Name)}  {string.Join(',', key.Roles.Select(Names.Of))}  {scope}  {state}");
            }

            return UserException.Done;
        });
        return verb;
    }

    private static Command Revoke(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The key's id, as 'keys list' shows it." };
        var verb = reach.On(new Command("revoke", "End a key at once.") { id });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            await operations.RevokeKeyAsync(parsed.GetRequiredValue(id));
            await terminal.Out.WriteLineAsync("Revoked.");
            return UserException.Done;
        });
        return verb;
    }
}
