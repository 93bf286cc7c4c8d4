using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// Goes over feature rows as a lane goes over windows: each is held against what its entity's earlier rows make usual, then learned. Rows of one tenant MUST
/// come in the order of their time; tenants may be mixed. For training; a lane does the same in its own tables.
/// </summary>
public sealed class FeatureStandardiser(EntityModel principalPrior, EntityModel tenantPrior, int windowMinutes)
{
    private sealed class Tenant(EntityModel principalPrior, EntityModel tenantPrior, int windowMinutes)
    {
        public readonly TenantPopulation Population = new(principalPrior, windowMinutes);
        public readonly TenantFeatures Whole = new(tenantPrior, windowMinutes);
        public readonly Dictionary<Symbol, PrincipalFeatures> Principals = [];
    }

    private readonly Dictionary<Symbol, Tenant> _tenants = [];
    private TailEstimate _windows, _spells, _wholes;

    /// <summary>Entities seen, tenants among them.</summary>
    public int Entities => _tenants.Values.Sum(t => t.Principals.Count + 1);

    /// <summary>How often windows of principals known well enough were odd, in runs, and by how much; to be asked once models have components.</summary>
    public TailPrior PrincipalTail => _windows.ToPrior();

    /// <summary>The same of what such runs added up to.</summary>
    public TailPrior SpellTail => _spells.ToPrior();

    /// <summary>The same of tenants' windows.</summary>
    public TailPrior TenantTail => _wholes.ToPrior();

    /// <summary>Names mean others from here on; tails go on.</summary>
    public void EndHistory() => _tenants.Clear();

    /// <param name="standardised">In σ from what is usual of the entity.</param>
    /// <returns>The entity is known well enough for it to mean something.</returns>
    public bool Next(in FeatureRow row, out FeatureVector standardised)
    {
        if (!_tenants.TryGetValue(row.Tenant, out var tenant)) _tenants.Add(row.Tenant, tenant = new Tenant(principalPrior, tenantPrior, windowMinutes));
        var window = row.Start / (windowMinutes * TimeSpan.TicksPerMinute);
        if (row.Principal is null)
        {
            var minute = window * windowMinutes;
            standardised = tenant.Whole.Standardise(row.Values, minute);
            var known = tenant.Whole.StateAt(minute) == BaselineState.Active;
            if (known && tenantPrior.Components.Count > 0) _wholes.Learn(Evidence.Of(Oddity.Of(standardised, tenantPrior.Scorer).Score));
            tenant.Whole.Learn(window, row.Values);
            return known;
        }

        tenant.Principals.TryGetValue(row.Principal, out var own);
        own.Claim(row.Principal.Hash, tenant.Population);
        standardised = own.Standardise(row.Values, tenant.Population);
        var active = own.State == BaselineState.Active;
        if (principalPrior.Components.Count > 0)
        {
            var oddity = Oddity.Of(standardised, principalPrior.Scorer);
            own.AddToSpell(window, Evidence.Of(oddity.Score * own.Confidence), oddity.IsWorthTelling, out var ended);
            if (active) ended.Teach(ref _windows, ref _spells);
        }

        own.Learn(window, row.Values, tenant.Population);
        tenant.Principals[row.Principal] = own;
        return active;
    }
}
