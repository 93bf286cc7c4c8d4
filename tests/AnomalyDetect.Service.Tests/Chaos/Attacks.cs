using System.Globalization;
using System.Text;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>A decision that has to come of an attack, once.</summary>
internal sealed record ExpectedDecision(string Tenant, DecisionType Type, string Value);

/// <summary>Events to be sent in one request, and what must come of them. Sent again they are duplicates.</summary>
internal sealed record AttackBatch(string Ndjson, IReadOnlyList<ExpectedDecision> Expected, IReadOnlyList<(string Tenant, string Session)> Sessions);

/// <summary>
/// Makes attacks on tenants of three sorts: <c>lasting-…</c>, whose decisions outlive the run, <c>brief-…</c>, whose decisions run out during it, and
/// <c>rehearsal-…</c>, which are in dry run. No two attacks share an address, a session, a principal or a partner, so what is expected of one is its alone.
/// </summary>
internal sealed class Attacks(Random chance, int tenants)
{
    public const string Rehearsal = "rehearsal";

    private static readonly string[] Sorts = ["lasting", "lasting", "brief", "brief", Rehearsal];
    private readonly StringBuilder _lines = new();
    private readonly List<ExpectedDecision> _expected = [];
    private readonly List<(string Tenant, string Session)> _sessions = [];
    private int _count;

    /// <param name="decisions">At least so many.</param>
    public AttackBatch Next(int decisions)
    {
        _lines.Clear();
        _expected.Clear();
        _sessions.Clear();
        while (_expected.Count < decisions) Attack();
        return new AttackBatch(_lines.ToString(), [.. _expected], [.. _sessions]);
    }

    private void Attack()
    {
        var number = _count++;
        var tenant = string.Create(CultureInfo.InvariantCulture, $"{Sorts[chance.Next(Sorts.Length)]}-{chance.Next(tenants)}");
        var at = DateTime.UtcNow.AddSeconds(-20);
        var address = string.Create(CultureInfo.InvariantCulture, $"11.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}");
        switch (chance.Next(6))
        {
            case 0:
                Forge(tenant, address, number, at);
                break;
            case 1: // An address that is blocked twice, by two rules and for two lengths of time.
                Forge(tenant, address, number, at);
                Spray(tenant, address, number, at);
                break;
            case 2:
                var network = string.Create(CultureInfo.InvariantCulture, $"2a01:{number >> 16:x}:{number & 0xffff:x}:1::");
                Forge(tenant, $"{network}9", number, at, blocked: $"{network}/64");
                break;
            case 3:
                Hijack(tenant, number, at);
                break;
            case 4:
                for (var i = 0; i < 5; i++)
                    Line(number, i, tenant, at.AddSeconds(i), "delegation_grant", $$""" "outcome":"denied","reason":"unauthorized_scope","principal_id":"o{{number}}","partner_id":"partner:{{number}}","scope":"admin" """);
                Expect(tenant, DecisionType.SuspendPartnerToken, $"partner:{number}");
                break;
            default:
                for (var i = 0; i < 12; i++)
                    Line(number, i, tenant, at.AddSeconds(i), "policy_decision", $$""" "outcome":"denied","reason":"policy","principal_id":"eve-{{number}}","source_ip":"{{address}}" """);
                Expect(tenant, DecisionType.StepUp, $"eve-{number}");
                break;
        }
    }

    private void Forge(string tenant, string address, int number, DateTime at, string? blocked = null)
    {
        for (var i = 0; i < 13; i++)
            Line(number, i, tenant, at.AddSeconds(i), "token_validation", $$""" "outcome":"failure","reason":"bad_signature","principal_id":"p{{number}}-{{i}}","source_ip":"{{address}}" """);
        Expect(tenant, DecisionType.BlockIp, blocked ?? address);
    }

    private void Spray(string tenant, string address, int number, DateTime at)
    {
        for (var i = 0; i < 14; i++)
            Line(number, 100 + i, tenant, at.AddSeconds(i), "login", $$""" "outcome":"failure","reason":"bad_password","principal_id":"s{{number}}-{{i}}","source_ip":"{{address}}" """);
        Expect(tenant, DecisionType.BlockIp, address);
    }

    private void Hijack(string tenant, int number, DateTime at)
    {
        string[] from = [$"12.1.{number % 250}.1", $"13.2.{number % 250}.2", $"14.3.{number % 250}.3", $"12.1.{number % 250}.1", $"13.2.{number % 250}.2"];
        foreach (var (i, address) in from.Index())
            Line(number, i, tenant, at.AddSeconds(4 * i), i == 0 ? "login" : "api_call", $$""" "outcome":"success","principal_id":"ada-{{number}}","session_id":"session-{{number}}","source_ip":"{{address}}" """);
        Expect(tenant, DecisionType.ForceReauth, $"session-{number}");
        Expect(tenant, DecisionType.RevokeSession, $"session-{number}");
        _sessions.Add((tenant, $"session-{number}"));
    }

    private void Expect(string tenant, DecisionType type, string value) => _expected.Add(new ExpectedDecision(tenant, type, value));

    private void Line(int number, int i, string tenant, DateTime at, string type, string rest) =>
        _lines.Append(CultureInfo.InvariantCulture, $$"""{"id":"e{{number}}-{{i}}","time":"{{Lines.Time(at)}}","tenant_id":"{{tenant}}","type":"{{type}}",{{rest}}}""").Append('\n');
}
