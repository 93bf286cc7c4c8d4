using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;

namespace AnomalyDetect.Service.Playbooks;

/// <summary>An alert as a scenario has it: what a playbook can ask for, the rest made up.</summary>
public sealed record ScenarioAlert
{
    public required Signal Signal { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>The same id again is a later revision of the same alert.</summary>
    public string Id { get; init; } = "";

    public string Tenant { get; init; } = "tenant";

    /// <summary>0 to 100.</summary>
    public double Score { get; init; } = 50;

    /// <summary>Event time.</summary>
    public DateTimeOffset At { get; init; } = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What it is about.</summary>
    public EntityKind About { get; init; } = EntityKind.Tenant;

    public string? Principal { get; init; }

    public string? Session { get; init; }

    public string? Address { get; init; }

    public string? Partner { get; init; }

    internal Alert ToAlert(int number, DateTime first) => new()
    {
        Id = Id.Length > 0 ? Id : string.Create(CultureInfo.InvariantCulture, $"alert-{number}"),
        Revision = 1,
        TenantId = Tenant,
        Signal = Signal,
        Severity = Severity,
        Score = Score,
        DetectedAt = first,
        LastSeenAt = At.UtcDateTime,
        WindowStart = first,
        WindowEnd = At.UtcDateTime,
        Observed = 1,
        Expected = 0,
        Threshold = 0,
        EntityKind = About,
        PrincipalId = Principal,
        SessionId = Session,
        SourceIp = Address,
        PartnerId = Partner,
        Explanation = "an alert of a scenario",
        Evidence = [],
        Techniques = [],
        EventIds = [],
        Drivers = [.. Drivers()],
        RelatedAlertIds = [],
    };

    private IEnumerable<Entity> Drivers()
    {
        if (Principal is not null) yield return new Entity(EntityKind.Principal, Principal);
        if (Partner is not null) yield return new Entity(EntityKind.Partner, Partner);
        if (Address is not null) yield return new Entity(EntityKind.Address, Address);
        if (Session is not null) yield return new Entity(EntityKind.Session, Session);
    }
}

/// <summary>A decision a scenario expects; what it leaves out does not matter.</summary>
public sealed record ExpectedDecision
{
    public required DecisionType Type { get; init; }

    public required string Value { get; init; }

    public TimeSpan? ExpiresAfter { get; init; }

    public bool? Simulated { get; init; }

    public string? Rule { get; init; }

    internal bool Is(Decision decision) => decision.Type == Type && decision.Value == Value && (ExpiresAfter is null || decision.ExpiresAt - decision.CreatedAt == ExpiresAfter)
        && (Simulated is null || decision.Simulated == Simulated) && (Rule is null || decision.Rule == Rule);

    public override string ToString() => $"{Names.Of(Type)} against {Printable.Of(Value)}{(ExpiresAfter is { } expiry ? $" for {Duration.Format(expiry)}" : "")}{(Simulated is { } dry ? dry ? ", dry run" : ", enforced" : "")}{(Rule is null ? "" : $" by {Printable.Of(Rule)}")}";
}

/// <summary>Alerts in order of time and all that must come of them: a file of <c>playbook test</c>.</summary>
public sealed record PlaybookScenario
{
    private const int MaxAlerts = 1000;

    /// <summary>What it shows.</summary>
    public string About { get; init; } = "";

    /// <summary>False: as if nothing were enforced.</summary>
    public bool Enforce { get; init; } = true;

    public required IReadOnlyList<ScenarioAlert> Alerts { get; init; }

    /// <summary>All decisions, and no other.</summary>
    public IReadOnlyList<ExpectedDecision> Decisions { get; init; } = [];

    /// <summary>All who are told at once, in whatever order; null: does not matter.</summary>
    public IReadOnlyList<Audience>? Told { get; init; }

    /// <exception cref="ConfigException">It is wrong; names every problem with its line.</exception>
    public static PlaybookScenario Parse(ReadOnlySpan<byte> utf8, string path)
    {
        try
        {
            var document = YamlDocument.Parse(utf8);
            var binder = new ConfigBinder();
            var scenario = binder.TryBind<PlaybookScenario>(JsonSerializer.SerializeToElement(document.Root, NodeJson.Default.JsonNode), "");
            if (scenario is not null && binder.Found.Count == 0 && scenario.Alerts.Count is 0 or > MaxAlerts) binder.Problem("alerts", $"must be 1 to {MaxAlerts}");
            if (binder.Found.Count == 0) return scenario!;
            throw new ConfigException(path, [.. binder.Found.Select(p => $"line {document.LineOf(p.Path)}, {p.Path}: {p.Text}")]);
        }
        catch (YamlFault e)
        {
            throw new ConfigException(path, [$"line {e.Line}: {e.Message}"]);
        }
    }

    /// <summary>What did not come out as expected, one sentence each; empty when all did.</summary>
    public IReadOnlyList<string> Run(EngineOptions engine)
    {
        var trial = new PlaybookTrial(engine with { Enforcement = engine.Enforcement with { Enforce = Enforce, Tenants = new Dictionary<string, bool>() } });
        var firsts = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var (decided, told) = (new List<Decision>(), new List<Audience>());
        foreach (var (i, given) in Alerts.Index())
        {
            if (given.Id.Length > 0) firsts.TryAdd(given.Id, given.At.UtcDateTime);
            var answer = trial.Ask(given.ToAlert(i + 1, given.Id.Length > 0 ? firsts[given.Id] : given.At.UtcDateTime));
            decided.AddRange(answer.Decisions);
            told.AddRange(answer.Notifications.Where(n => n.UnlessAcknowledgedWithin is null).Select(n => n.Audience));
        }

        var wrong = new List<string>();
        foreach (var expected in Decisions)
        {
            var found = decided.FindIndex(expected.Is);
            if (found < 0) wrong.Add($"missing: {expected}");
            else decided.RemoveAt(found);
        }

        wrong.AddRange(decided.Select(d => $"not expected: {Names.Of(d.Type)} against {Names.Of(d.Scope)} {Printable.Of(d.Value)} for {Duration.Format(d.ExpiresAt - d.CreatedAt)}{(d.Simulated ? ", dry run" : "")} by {Printable.Of(d.Rule)}"));
        if (Told is not null && !Told.Order().SequenceEqual(told.Order()))
            wrong.Add($"told: {string.Join(", ", told.Order().Select(Names.Of))}, and expected: {string.Join(", ", Told.Order().Select(Names.Of))}");
        return wrong;
    }
}
