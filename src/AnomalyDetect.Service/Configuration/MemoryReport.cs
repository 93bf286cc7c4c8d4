using System.Globalization;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Service.Configuration;

/// <summary>What the lanes' state may need of memory, in words: by the limits in force, and under a load.</summary>
/// <param name="machineBytes">What this process may use.</param>
public sealed class MemoryReport(Settings settings, long machineBytes)
{
    private const double Share = 0.75; // of the machine, for the state of lanes
    private const double Large = 0.2; // share of a full tenant from which lowering its limit helps

    private readonly MemoryEstimate _estimate = new(settings.Pipeline.InForce);
    private readonly LimitOptions _limits = settings.Engine.Detection.Limits;
    private readonly bool _partitions = settings.Written.Source.Kind == SourceKind.Kafka;

    /// <summary>Of the machine, or of the container it runs in.</summary>
    public static long OfMachine => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>A topic's partitions are lanes, and how many of them come here is not known yet.</summary>
    private int Lanes => _partitions ? 1 : settings.Pipeline.Lanes;

    public bool Fits => Lanes * _estimate.WorstLaneBytes <= machineBytes;

    /// <summary>One sentence without its full stop.</summary>
    public string Worst => string.Create(
        CultureInfo.InvariantCulture,
        $"At worst the state of {(_partitions ? "each partition" : Lanes == 1 ? "the lane" : $"{Lanes} lanes")} comes to {Size(Lanes * _estimate.WorstLaneBytes)}, {Bound}; this machine has {Size(machineBytes)}");

    private string Bound => _estimate.UnboundLaneBytes <= _estimate.LimitBytes
        ? string.Create(CultureInfo.InvariantCulture, $"with every table of {_limits.Tenants:N0} tenants full")
        : $"as detection.limits.memory_bytes allows a lane {Size(_estimate.LimitBytes)} (the tables' own limits: {Size(_estimate.UnboundLaneBytes)})";

    /// <summary>What to lower.</summary>
    public string Advice
    {
        get
        {
            var large = _estimate.FullTenant.Where(s => s.Limit.Length > 0).GroupBy(s => s.Limit)
                .Where(g => g.Sum(s => s.Bytes) >= Large * _estimate.FullTenantBytes).Select(g => $"detection.limits.{g.Key}").ToList();
            if (Lanes * _estimate.EventIds.Bytes > machineBytes / 2) large.Add("detection.limits.dedupe_ids");
            var fit = Math.Max(0, ((machineBytes / Lanes) - _estimate.EventIds.Bytes) / _estimate.FullTenantBytes);
            if (_estimate.UnboundLaneBytes > _estimate.LimitBytes)
            {
                var fits = (long)(Share * machineBytes / Lanes);
                var few = fits < _estimate.LeastLaneBytes ? string.Create(CultureInfo.InvariantCulture, $", and detection.limits.tenants to at most {Math.Max(1, _estimate.TenantsIn(fits)):N0}") : "";
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"lower detection.limits.memory_bytes to at most {fits:N0}, which leaves a quarter for all else{few}; or give the machine more memory{(_partitions ? "" : " or the store fewer lanes (pipeline.lanes, when it is made)")}");
            }

            return string.Create(
                CultureInfo.InvariantCulture,
                $"lower {string.Join(", ", large)} (a full tenant takes {Size(_estimate.FullTenantBytes)}) or detection.limits.tenants (a lane has room for {fit:N0} such tenants); 'config check --tenants N --principals-per-tenant N' says what an expected load takes");
        }
    }

    /// <param name="principals">Of each tenant.</param>
    /// <param name="eventsPerSecond">Of all tenants together.</param>
    public IEnumerable<string> Lines(int tenants, int principals, double eventsPerSecond)
    {
        yield return $"Memory of the state, by the limits in force; garbage, and a lane's copy while its checkpoint is written, come on top:";
        yield return Row("a tenant hardly seen", "", "", _estimate.LeastTenantBytes);
        yield return Row("a tenant with every table full", "", "", _estimate.FullTenantBytes);
        foreach (var part in _estimate.FullTenant) yield return Row("  " + part.What, part.Limit.Length == 0 ? "" : $"{part.Entries:N0}", part.Limit, part.Bytes);
        yield return Row("a lane's event ids", $"{_estimate.EventIds.Entries:N0}", _estimate.EventIds.Limit, _estimate.EventIds.Bytes);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Of {Size(_estimate.LimitBytes)} a lane (detection.limits.memory_bytes) each of {_limits.Tenants:N0} tenants is guaranteed {Size(_estimate.GuaranteedTenantBytes)}; {Size(_estimate.PoolBytes)} are for whoever needs more.");
        yield return $"{Worst}{(Fits ? "" : ": " + Advice)}.";
        var load = TenantLoad.Typical(principals, _limits);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{tenants:N0} tenants with {principals:N0} principals each at {eventsPerSecond:N0} events a second need about {Size(_estimate.BytesOf(Lanes, tenants, load, eventsPerSecond))} in a busy hour (a fifth of them active at once, a session and a token of each, something failed of one in fifty).");
        if (_estimate.BytesOf(Lanes, tenants, load, eventsPerSecond) > Lanes * _estimate.LimitBytes) yield return $"That is more than detection.limits.memory_bytes allows: what is not established would make room.";
        if (tenants > (long)_limits.Tenants * Lanes) yield return $"That is more tenants than detection.limits.tenants keeps: the longest idle would make room.";
        if (principals > _limits.Principals) yield return $"That is more principals than detection.limits.principals keeps: those longest idle, and not established, would make room.";
    }

    private static string Row(string what, string entries, string limit, long bytes) => string.Create(
        CultureInfo.InvariantCulture, $"  {what,-34}{entries,12}  {Size(bytes),9}{(limit.Length == 0 ? "" : $"  detection.limits.{limit}")}");

    /// <summary>In decimal units.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB", "PB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 999.5 && unit < units.Length - 1; unit++) value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(value >= 100 || unit == 0 ? Math.Round(value) : Math.Round(value, 1))} {units[unit]}");
    }
}
