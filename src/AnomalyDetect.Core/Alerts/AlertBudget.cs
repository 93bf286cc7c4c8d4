using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Alerts;

/// <summary>
/// From how rare a deviation is to how much it matters, under the number of false alerts a tenant's operator accepts. Each family of tests (a signal, over the
/// tenant or over its principals) gets an equal share of the budget, and its share divided by its tests in a week is the probability an alert of that severity
/// must be rarer than. So the expected number of false alerts keeps to the budget however many entities a tenant has (Bonferroni's bound on the per-family
/// error rate, which needs no independence).
/// </summary>
internal readonly struct AlertBudget
{
    private readonly double _low, _medium, _high;

    /// <param name="testsPerWeek">How often this family is put to the test.</param>
    public AlertBudget(BudgetOptions options, in TailEstimate tail, double testsPerWeek)
    {
        var share = 1 / (BudgetOptions.Families * Math.Max(1, testsPerWeek));
        _low = tail.Level(options.LowPerWeek * share);
        _medium = tail.Level(options.MediumPerWeek * share);
        _high = tail.Level(options.MediumPerWeek * share / 100);
    }

    /// <summary>The deviation from which an alert is of medium severity.</summary>
    public double Medium => _medium;

    /// <summary>The deviation from which an alert is of low severity.</summary>
    public double Low => _low;

    /// <summary>What a deviation amounts to, with the levels it is held against.</summary>
    public Rarity Rate(double z, string? why = null, string unit = "σ") => new(Of(z), z, _low, _medium, _high, unit, why);

    /// <summary>A drop is never more than low: it hurts nobody to wait for a person.</summary>
    public Severity Of(double z) =>
        z < 0 ? -z >= _medium ? Severity.Low : Severity.Info
        : z >= _high ? Severity.High : z >= _medium ? Severity.Medium : z >= _low ? Severity.Low : Severity.Info;
}

/// <summary>Alerts that are only for the record: a few a day and signal, the rest is counted and left out. A bucket that fills with event time.</summary>
internal struct InfoAllowance
{
    private double _left;
    private long _at;

    public bool Take(long time, double perDay)
    {
        var most = perDay > 0 ? Math.Max(1, perDay) : 0; // less than one a day is one every few days
        _left = _at == 0 ? most : Math.Min(most, _left + (perDay * Math.Max(0, time - _at) / TimeSpan.TicksPerDay));
        _at = Math.Max(_at, time);
        if (_left < 1) return false;
        _left--;
        return true;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_left);
        writer.Long(_at);
    }

    public static InfoAllowance Load(ref StateReader reader) => new() { _left = reader.Double(), _at = reader.Long() };
}
