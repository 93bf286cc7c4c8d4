using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning;

/// <summary>What each tenant's windows hold on average, over everything there is to learn from and day by day.</summary>
internal sealed class TenantMeans
{
    private sealed class Sum
    {
        private readonly double[] _values = new double[Features.Count];
        private long _rows;

        public void Add(in FeatureVector row)
        {
            _rows++;
            for (var j = 0; j < Features.Count; j++) _values[j] += row[j];
        }

        public float[] Mean => [.. _values.Select(value => (float)(value / Math.Max(1, _rows)))];
    }

    private sealed class Tenant
    {
        public readonly Sum Whole = new();
        public readonly Dictionary<long, Sum> Days = [];
    }

    private readonly Dictionary<(int History, Symbol Tenant), int> _numbers = [];
    private readonly Dictionary<string, int> _byName = [];
    private readonly List<Tenant> _tenants = [];

    /// <summary>Tenants with any row.</summary>
    public int Seen => _numbers.Count;

    /// <summary>By <see cref="NumberOf"/>; of a tenant whose own windows were not among the rows, nothing but zeros.</summary>
    public IReadOnlyList<float[]> All => [.. _tenants.Select(t => t.Whole.Mean)];

    /// <summary>The mean of each day (UTC) of a tenant; of one without windows of its own, the zeros it has as a whole.</summary>
    public IEnumerable<float[]> DaysOf(int tenant) => _tenants[tenant].Days.Values.Select(d => d.Mean).DefaultIfEmpty(_tenants[tenant].Whole.Mean);

    public void Add(int history, in FeatureRow row)
    {
        var tenant = _tenants[NumberOf(history, row.Tenant)];
        if (row.Principal is not null) return;
        tenant.Whole.Add(row.Values);
        var day = row.Start / TimeSpan.TicksPerDay;
        if (!tenant.Days.TryGetValue(day, out var sum)) tenant.Days.Add(day, sum = new Sum());
        sum.Add(row.Values);
    }

    public int NumberOf(int history, Symbol tenant)
    {
        if (_numbers.TryGetValue((history, tenant), out var number)) return number;
        _numbers.Add((history, tenant), number = _tenants.Count);
        _byName.TryAdd(tenant.Text, number);
        _tenants.Add(new Tenant());
        return number;
    }

    /// <summary>Of the first history that has one of this name; null where none has.</summary>
    public int? FirstOf(string tenant) => _byName.TryGetValue(tenant, out var number) ? number : null;
}
