using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>Names of the models lanes run under; null where there is none. Made when first asked for: a name takes a hash over the whole model.</summary>
internal sealed class ModelIds(BehaviourModel? champion, BehaviourModel? shadow)
{
    private string? _champion;

    public string? Champion => _champion ??= champion?.Id();

    /// <summary>As the shadow's scope sees them: it is the one that judges there.</summary>
    public ModelIds OfShadow => field ??= new(shadow, null);

    public static ModelIds Of(EngineOptions options) => new(options.Model, options.Shadow);
}

/// <summary>What the detectors of one tenant share: its options, its alerts and the event being judged's place in time.</summary>
/// <param name="trace">Follows an event or an alert; null where nobody asks.</param>
/// <param name="collectsFeatures">Closed windows' features are wanted in the outcome.</param>
/// <param name="models">Of the options' models; naming one takes a hash, so whoever makes many scopes names them once.</param>
/// <param name="beside">The tenant's own alerts, where this is the scope of its shadow.</param>
/// <param name="memory">What its tables may grow by; null: to their limits.</param>
internal sealed class TenantScope(
    Symbol tenant, EngineOptions options, long lateness, LaneTrace? trace = null, bool collectsFeatures = false, ModelIds? models = null, AlertBook? beside = null,
    TenantMemory? memory = null)
{
    private readonly AddressRange[] _egress = [.. options.Detection.SignalsOf(tenant.Text).EgressRanges.Select(AddressRange.Parse)];

    public Symbol Tenant { get; } = tenant;

    public EngineOptions Options { get; } = options;

    public SignalOptions Signals { get; } = options.Detection.SignalsOf(tenant.Text);

    public TenantMemory Memory { get; } = memory ??= new TenantMemory(tenant.Text);

    public AlertBook Alerts { get; } = new(tenant.Text, options, trace, beside, memory);

    public bool IsShadow => beside is not null;

    public long Lateness { get; } = lateness;

    public LaneTrace? Trace => trace;

    public bool CollectsFeatures => collectsFeatures;

    /// <summary>Of the options' model; null without one.</summary>
    public string? ModelId => models?.Champion;

    /// <summary>The same tenant as its shadow model judges it, with alerts of its own that nobody hears of; null without one.</summary>
    public TenantScope? Shadow() => Options.Shadow is null
        ? null
        : new TenantScope(Tenant, Options with { Model = Options.Shadow, Shadow = null }, Lateness, models: models?.OfShadow, beside: Alerts, memory: Memory);

    /// <summary>Who made most of the tenant's count of a kind between two times (ticks), where counts of that window are kept; empty where not.</summary>
    public Func<RateKind, long, long, double, IReadOnlyList<Contributor>>? Leaders { get; set; }

    /// <summary>Ids of a few of the events that the named principals (where none is named, anybody) made about a time (ticks), where such are kept; empty where not.</summary>
    public Func<IReadOnlyCollection<string>, long, IReadOnlyList<string>>? SamplesOf { get; set; }

    /// <summary>What minutes hold of those not known yet, by the model, of tenants like this one; null without a model.</summary>
    public IReadOnlyList<RatePrior>? Rates { get; set; } = options.Model?.Rates;

    /// <summary>The trace, while the event it follows is being worked on.</summary>
    public LaneTrace? Current => trace is { IsCurrent: true } ? trace : null;

    /// <summary>A shared way out that many people are behind: it says nothing about where anyone is.</summary>
    public bool IsEgress(NetworkAddress address)
    {
        foreach (var range in _egress)
            if (range.Contains(address)) return true;
        return false;
    }

    /// <summary>Event time (ticks) of the tenant's first event.</summary>
    public long FirstSeen { get; set; }

    /// <summary>Everything before it is closed (ticks).</summary>
    public long Watermark { get; set; }
}
