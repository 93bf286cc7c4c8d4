using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>What became of a simulated user's request.</summary>
internal enum VisitOutcome : byte
{
    /// <summary>It reached the service, whatever that made of it.</summary>
    Passed,

    /// <summary>429.</summary>
    Limited,

    /// <summary>A CAPTCHA, or to prove anew who it is.</summary>
    Challenged,

    /// <summary>Blocked, suspended, or its session ended.</summary>
    CutOff,

    /// <summary>No answer.</summary>
    Lost,
}

/// <summary>Who got what from the service: each kind of attacker by itself, and everybody else.</summary>
internal sealed class DemoTally(IReadOnlyList<AttackLabel> labels)
{
    private const string Neighbours = "everybody else";
    private static readonly int Outcomes = Enum.GetValues<VisitOutcome>().Length;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long[]> _counts = new(StringComparer.Ordinal) { [Neighbours] = new long[Outcomes] };

    private readonly ILookup<(string Tenant, EntityKind Kind, string Id), AttackLabel> _attackers = labels.Where(l => l.IsAttack)
        .SelectMany(l => l.Entities.Select(e => (Key: (l.TenantId, e.Kind, e.Id), Label: l))).ToLookup(a => a.Key, a => a.Label);

    public void Count(SimulatedEvent e, VisitOutcome outcome)
    {
        var who = AttackOf(e) is { } attack ? Names.Of(attack.Kind) : Neighbours;
        lock (_lock)
        {
            if (!_counts.TryGetValue(who, out var counts)) _counts.Add(who, counts = new long[Outcomes]);
            counts[(int)outcome]++;
        }
    }

    /// <summary>A heading and a line for each, everybody else last.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_lock)
        {
            var rows = _counts.OrderBy(c => c.Key == Neighbours).Select(c => Line(c.Key, [.. c.Value.Select(n => n.ToString("N0", CultureInfo.InvariantCulture))]));
            return [Line("what they got", "passed", "limited", "challenged", "cut off", "no answer"), .. rows];
        }
    }

    /// <summary>The attack an event is part of, or whose attacker, once it has begun, is seen going about other things; null: nobody's.</summary>
    private AttackLabel? AttackOf(SimulatedEvent e) =>
        labels.FirstOrDefault(l => l.IsAttack && l.Id == e.LabelId)
        ?? new[] { (EntityKind.Session, e.SessionId), (EntityKind.Principal, e.PrincipalId), (EntityKind.Partner, e.PartnerId) }
            .Where(known => known.Item2 is not null)
            .SelectMany(known => _attackers[(e.TenantId, known.Item1, known.Item2!)])
            .FirstOrDefault(l => l.Start <= e.OccurredAt);

    private static string Line(string who, params string[] cells) => $"{who,-36}{string.Concat(cells.Select(c => $"{c,12}"))}";
}
