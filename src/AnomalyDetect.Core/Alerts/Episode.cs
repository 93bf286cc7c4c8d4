using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Alerts;

/// <summary>What a detector saw: the numbers of one finding and how bad they are.</summary>
internal readonly record struct Observation(
    long At, long WindowStart, long WindowEnd, double Observed, double Expected, double Threshold, double? Deviation, Severity Severity, string? Model = null);

/// <summary>An alert while it lives: the running state its revisions are cut from.</summary>
internal sealed class Episode(Signal signal, Entity entity, string id, Observation first)
{
    /// <summary>What one that has grown holds in memory, about.</summary>
    public const int TypicalBytes = 2_500;

    public const int EvidenceKept = 5;
    public const int EventIdsKept = 10;
    public const int DriversKept = 10;

    public Signal Signal { get; } = signal;

    public Entity Entity { get; } = entity;

    public string Id { get; } = id;

    public Observation First { get; } = first;

    /// <summary>The strongest so far.</summary>
    public Observation Peak { get; private set; } = first;

    /// <summary>The newest; not saved, for only who follows it asks.</summary>
    public Observation Latest { get; private set; } = first;

    /// <summary>What the newest was rated by, where its rarity decides; not saved.</summary>
    public Rarity? Rarity { get; set; }

    public Severity Severity { get; set; } = first.Severity;

    /// <summary>Event time (ticks) of the latest finding.</summary>
    public long LastAt { get; private set; } = first.At;

    public long Findings { get; private set; } = 1;

    public int Revision { get; set; }

    public bool Ended { get; set; }

    /// <summary>The running alerts of its kind; set when it is opened.</summary>
    public AlertGroup? Group { get; set; }

    /// <summary>Which of its group it is, from 1; 0 before it is told.</summary>
    public int Place { get; set; }

    /// <summary>People hear of it; otherwise it is for the record.</summary>
    public bool IsTold { get; set; }

    public string? Principal { get; set; }

    public string? Session { get; set; }

    public string? Address { get; set; }

    public string? Partner { get; set; }

    /// <summary>What only this signal can say, for the explanation.</summary>
    public string? Detail { get; set; }

    /// <summary>What the expectation rests on, where there is a baseline.</summary>
    public BaselineSummary? Baseline { get; set; }

    /// <summary>The tenant's counts that show it, where they are kept.</summary>
    public RateKind? Plot { get; set; }

    /// <summary>Of the oddest window, where a model judged many features at once.</summary>
    public IReadOnlyList<Contribution> Contributions { get; set; } = [];

    /// <summary>Who made most of it, where many did.</summary>
    public IReadOnlyList<Contributor> Contributors { get; set; } = [];

    public List<Observation> Evidence { get; } = [];

    public List<string> EventIds { get; } = [];

    public List<Entity> Drivers { get; } = [];

    public List<string> Related { get; } = [];

    /// <summary>Decisions asked for so far: how often renewed, until when and since when (ticks).</summary>
    public Dictionary<(DecisionType Type, DecisionScope Scope, string Value), (int Renewals, long ExpiresAt, long FirstAt)> Decided { get; } = [];

    private double _revisedObserved;
    private Severity _revisedSeverity;
    private int _revisedDrivers;
    private string? _revisedPrincipal;
    private long _renewAt = long.MaxValue;

    public bool IsOver(long at, long gap) => Ended || at > LastAt + gap;

    public void Take(in Observation seen)
    {
        Findings++;
        Latest = seen;
        LastAt = Math.Max(LastAt, seen.At);
        if (Math.Abs(seen.Observed - seen.Expected) > Math.Abs(Peak.Observed - Peak.Expected)) Peak = seen;
        if (seen.Severity > Severity) Severity = seen.Severity;
    }

    /// <summary>
    /// Worth telling again: it got worse by a step or by twice, someone else drives it, or a decision ran out while it goes on. So a flood of findings is a
    /// handful of revisions.
    /// </summary>
    public bool HasGrown =>
        Revision == 0 || Severity > _revisedSeverity || Math.Abs(Peak.Observed - Peak.Expected) >= 2 * Math.Abs(_revisedObserved)
        || Drivers.Count > _revisedDrivers || Principal != _revisedPrincipal || LastAt > _renewAt;

    /// <summary>Why it <see cref="HasGrown"/>.</summary>
    public string Growth =>
        Revision == 0 ? "the first finding"
        : Severity > _revisedSeverity ? $"it has become {Names.Of(Severity)}"
        : Math.Abs(Peak.Observed - Peak.Expected) >= 2 * Math.Abs(_revisedObserved) ? "it has come to twice as much"
        : Drivers.Count > _revisedDrivers || Principal != _revisedPrincipal ? "somebody else drives it"
        : "a decision ran out or a step of the playbook fell due, and it goes on";

    public void Revised()
    {
        Revision++;
        _revisedObserved = Peak.Observed - Peak.Expected;
        _revisedSeverity = Severity;
        _revisedDrivers = Drivers.Count;
        _revisedPrincipal = Principal;
    }

    public void RenewAfter(long at) => _renewAt = at;

    public void AddEvent(string eventId)
    {
        if (EventIds.Count < EventIdsKept && !EventIds.Contains(eventId)) EventIds.Add(eventId);
    }

    public void AddDriver(Entity driver)
    {
        if (Drivers.Count < DriversKept && !Drivers.Contains(driver)) Drivers.Add(driver);
    }

    public bool Concerns(Entity entity) => Entity == entity || Drivers.Contains(entity);

    public void Save(StateWriter writer)
    {
        writer.Byte((byte)Signal);
        writer.Byte((byte)Entity.Kind);
        writer.Text(Entity.Id);
        writer.Text(Id);
        writer.Int(Revision);
        SaveObservation(writer, First);
        SaveObservation(writer, Peak);
        writer.Byte((byte)Severity);
        writer.Long(LastAt);
        writer.Long(Findings);
        foreach (var text in new[] { Principal, Session, Address, Partner, Detail, _revisedPrincipal }) writer.Text(text);
        writer.Int(Evidence.Count);
        foreach (var seen in Evidence) SaveObservation(writer, seen);
        writer.Int(EventIds.Count);
        foreach (var eventId in EventIds) writer.Text(eventId);
        writer.Int(Drivers.Count);
        foreach (var driver in Drivers)
        {
            writer.Byte((byte)driver.Kind);
            writer.Text(driver.Id);
        }

        writer.Int(Related.Count);
        foreach (var related in Related) writer.Text(related);
        writer.Int(Decided.Count);
        foreach (var (key, value) in Decided)
        {
            writer.Byte((byte)key.Type);
            writer.Byte((byte)key.Scope);
            writer.Text(key.Value);
            writer.Int(value.Renewals);
            writer.Long(value.ExpiresAt);
            writer.Long(value.FirstAt);
        }

        writer.Bool(Baseline is not null);
        if (Baseline is { } baseline)
        {
            writer.Byte((byte)baseline.State);
            writer.Int(baseline.Windows);
            writer.Long(baseline.Since.Ticks);
        }

        writer.Int(Contributions.Count);
        foreach (var c in Contributions)
        {
            writer.Byte((byte)c.Feature);
            writer.Raw((c.Observed, c.Expected, c.Share));
        }

        writer.Int(Contributors.Count);
        foreach (var c in Contributors)
        {
            writer.Byte((byte)c.Kind);
            writer.Text(c.Id);
            writer.Raw((c.Observed, c.Expected ?? double.NaN, c.Share));
            writer.Bool(c.Claimed);
        }

        writer.Byte((byte)(Plot is { } plot ? (int)plot + 1 : 0));
        writer.Int(Place);
        writer.Bool(IsTold);
        writer.Double(_revisedObserved);
        writer.Byte((byte)_revisedSeverity);
        writer.Int(_revisedDrivers);
        writer.Long(_renewAt);
    }

    public static Episode Load(ref StateReader reader)
    {
        var signal = (Signal)reader.Byte();
        var entity = new Entity((EntityKind)reader.Byte(), reader.Text());
        var id = reader.Text();
        var revision = reader.Int();
        var episode = new Episode(signal, entity, id, LoadObservation(ref reader))
        {
            Revision = revision,
            Peak = LoadObservation(ref reader),
            Severity = (Severity)reader.Byte(),
            LastAt = reader.Long(),
            Findings = reader.Long(),
            Principal = reader.TextOrNull(),
            Session = reader.TextOrNull(),
            Address = reader.TextOrNull(),
            Partner = reader.TextOrNull(),
            Detail = reader.TextOrNull(),
            _revisedPrincipal = reader.TextOrNull(),
        };
        for (var left = reader.Count(); left > 0; left--) episode.Evidence.Add(LoadObservation(ref reader));
        for (var left = reader.Count(); left > 0; left--) episode.EventIds.Add(reader.Text());
        for (var left = reader.Count(); left > 0; left--) episode.Drivers.Add(new Entity((EntityKind)reader.Byte(), reader.Text()));
        for (var left = reader.Count(); left > 0; left--) episode.Related.Add(reader.Text());
        for (var left = reader.Count(); left > 0; left--)
        {
            var key = ((DecisionType)reader.Byte(), (DecisionScope)reader.Byte(), reader.Text());
            episode.Decided.Add(key, (reader.Int(), reader.Long(), reader.Long()));
        }

        if (reader.Bool()) episode.Baseline = new BaselineSummary((BaselineState)reader.Byte(), reader.Int(), reader.Time());
        var contributions = new List<Contribution>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var feature = (Feature)reader.Byte();
            var (observed, expected, share) = reader.Raw<(double, double, double)>();
            contributions.Add(new Contribution(feature, observed, expected, share));
        }

        episode.Contributions = contributions;
        var contributors = new List<Contributor>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var who = new Entity((EntityKind)reader.Byte(), reader.Text());
            var (observed, expected, share) = reader.Raw<(double, double, double)>();
            contributors.Add(new Contributor(who.Kind, who.Id, observed, double.IsNaN(expected) ? null : expected, share, reader.Bool()));
        }

        episode.Contributors = contributors;
        if (reader.Byte() is > 0 and var plot) episode.Plot = (RateKind)(plot - 1);
        (episode.Place, episode.IsTold) = (reader.Int(), reader.Bool());
        episode._revisedObserved = reader.Double();
        episode._revisedSeverity = (Severity)reader.Byte();
        episode._revisedDrivers = reader.Int();
        episode._renewAt = reader.Long();
        return episode;
    }

    private static void SaveObservation(StateWriter writer, in Observation seen)
    {
        writer.Long(seen.At);
        writer.Long(seen.WindowStart);
        writer.Long(seen.WindowEnd);
        writer.Double(seen.Observed);
        writer.Double(seen.Expected);
        writer.Double(seen.Threshold);
        writer.Double(seen.Deviation ?? double.NaN);
        writer.Byte((byte)seen.Severity);
        writer.Text(seen.Model);
    }

    private static Observation LoadObservation(ref StateReader reader)
    {
        var (at, start, end) = (reader.Long(), reader.Long(), reader.Long());
        var (observed, expected, threshold, deviation) = (reader.Double(), reader.Double(), reader.Double(), reader.Double());
        return new Observation(at, start, end, observed, expected, threshold, double.IsNaN(deviation) ? null : deviation, (Severity)reader.Byte(), reader.TextOrNull());
    }
}
