using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>keys add|list|rotate|revoke</c>.</summary>
internal static class KeysVerb
{
    public static Command Create(Terminal terminal) =>
        new("keys", "Make, list, rotate and revoke API keys.") { Add(terminal), List(terminal), Rotate(terminal), Revoke(terminal) };

    private static Command Add(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true };
        var roles = new Option<string[]>("--role") { Description = "What it may do; may be given several times.", Required = true };
        roles.AcceptOnlyFromAmong([.. Names.All<ApiRole>()]);
        var tenants = new Option<string[]>("--tenant") { Description = "Only for this tenant; may be given several times. Without it, for every tenant." };
        var expires = new Option<string?>("--expires-in") { Description = "How long it is good, such as 90d. Without it, until it is revoked.", HelpName = "DURATION" };
        var verb = reach.On(new Command("add", "Make a key. It is printed once and stored only as a hash.") { name, roles, tenants, expires });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            List<ApiRole> asked = [.. parsed.GetRequiredValue(roles).Select(r => Names.TryParse(r, out ApiRole role) ? role : throw new UserException($"{r} is no role."))];
            var key = await operations.AddKeyAsync(new KeyRequest(parsed.GetRequiredValue(name), asked, parsed.GetValue(tenants) ?? [], ExpiresAt(parsed.GetValue(expires))));
            await terminal.Error.WriteLineAsync($"Key {key.Id} ({Printable.Of(key.Name)}) was made. Keep it now: it is not shown again.");
            await terminal.Out.WriteLineAsync(key.Key);
            return UserException.Done;
        });
        return verb;
    }

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("list", "Show keys: id, name, roles, tenants, whether they are in force, and when they were last used."));
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            foreach (var key in (await operations.KeysAsync()).Keys)
            {
                var scope = key.Tenants.Count == 0 ? "every tenant" : string.Join(',', key.Tenants.Select(t => Printable.Of(t)));
                var used = key.LastUsedAt is { } last ? $"last used {last:yyyy-MM-dd HH:mm}Z" : "not used yet";
                await terminal.Out.WriteLineAsync($"{key.Id}  {Printable.Of(key.Name)}  {string.Join(',', key.Roles.Select(Names.Of))}  {scope}  {StateOf(key, TimeProvider.System.GetUtcNow().UtcDateTime)}  {used}");
            }

            return UserException.Done;
        });
        return verb;
    }

    private static DateTimeOffset? ExpiresAt(string? duration) => duration is null
        ? null
        : Duration.TryParse(duration, out var span) && span > TimeSpan.Zero ? TimeProvider.System.GetUtcNow() + span : throw new UserException($"--expires-in must be {Duration.Shape}.");

    private static string StateOf(KeyAnswer key, DateTime now)
    {
        if (key.RevokedAt is { } revoked) return $"revoked {revoked:yyyy-MM-dd HH:mm:ss}Z";
        if (key.ExpiresAt <= now) return $"ran out {key.ExpiresAt:yyyy-MM-dd HH:mm:ss}Z";
        var until = key.ExpiresAt is { } end ? $" until {end:yyyy-MM-dd HH:mm:ss}Z" : "";
        var before = key.PreviousUntil > now ? $", its text before the rotation until {key.PreviousUntil:yyyy-MM-dd HH:mm:ss}Z" : "";
        return $"in force{until}{before}";
    }

    private static Command Rotate(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var id = new Argument<string>("ID") { Description = "The key's id, as 'keys list' shows it." };
        var grace = new Option<string>("--grace") { Description = "How long the text before stays good; 0s to 30d.", HelpName = "DURATION", DefaultValueFactory = _ => Duration.Format(ApiKeys.DefaultGrace) };
        var verb = reach.On(new Command("rotate", "Give a key another text, printed once. The one before stays good for the grace.") { id, grace });
        verb.SetAction(async (parsed, _) =>
        {
            if (!Duration.TryParse(parsed.GetRequiredValue(grace), out var span) || span < TimeSpan.Zero || span > ApiKeys.LongestGrace) throw new UserException("--grace must be 0s to 30d.");
            using var operations = reach.Open(parsed);
            var key = await operations.RotateKeyAsync(parsed.GetRequiredValue(id), new KeyRotation((int)span.TotalSeconds));
            await terminal.Error.WriteLineAsync($"Key {key.Id} ({Printable.Of(key.Name)}) has another text. Keep it now: it is not shown again. The one before is good until {key.PreviousUntil:yyyy-MM-dd HH:mm:ss}Z.");
            await terminal.Out.WriteLineAsync(key.Key);
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
