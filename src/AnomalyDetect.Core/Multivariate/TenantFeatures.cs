using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// What a tenant's windows usually hold, feature by feature: the mean of each hour of the day, corrected by how the last two hours differed from theirs, which
/// is how weekends and holidays are followed. Until the hour was seen once, the recent level, which begins at the model's prior.
/// </summary>
internal sealed class TenantFeatures(EntityModel begins, int windowMinutes)
{
    private const float Unseen = -1;
    private const float NewestDay = 0.3f;
    private const int RecentHours = 2;
    private const int PriorWindows = 4;

    private const int MeanMemory = 7 * 288; // windows

    private readonly FeatureScale _scale = new(begins);
    private readonly float[] _hours = Filled();
    private readonly float[] _sum = new float[Features.Count];
    private readonly float[] _level = [.. begins.Mean];
    private readonly float[] _mean = new float[Features.Count];
    private readonly float[] _bias = new float[Features.Count];
    private readonly double _recent = RecentHours * 60.0 / windowMinutes;
    private EntityModel _prior = begins;
    private float[] _between = VariancesOf(begins); // as much of them as the prior weighs
    private long _hour;
    private int _inHour;
    private int _windows;

    public int Windows => _windows;

    /// <summary>Of all windows learned from, whatever the hour; of a week's at most.</summary>
    public IReadOnlyList<float> Mean => _mean;

    /// <summary>The number of the first window.</summary>
    public long FirstWindow { get; private set; }

    public static int Bytes => ((24 + 4) * Features.Count * 4) + FeatureScale.Bytes + 100;

    public BaselineState StateAt(long minute) => IsKnown(minute / 60) ? BaselineState.Active : BaselineState.Learning;

    public FeatureVector Usual(long minute)
    {
        var usual = default(FeatureVector);
        Span<double> expected = stackalloc double[Features.Count];
        Expected(minute, expected);
        AllFeatures.Narrow(expected, usual);
        return usual;
    }

    private void Expected(long minute, Span<double> expected)
    {
        var hour = minute / 60;
        if (!IsKnown(hour))
        {
            for (var j = 0; j < Features.Count; j++) expected[j] = _level[j];
            return;
        }

        var into = ((minute % 60) + (windowMinutes / 2.0) - 30) / 60.0;
        var beside = into < 0 ? hour - 1 : hour + 1;
        var share = IsKnown(beside) ? Math.Abs(into) : 0; // of the hour beside this one
        var here = _hours.AsSpan(Slot(hour, 0), Features.Count);
        var there = _hours.AsSpan(Slot(beside, 0), Features.Count);
        for (var j = 0; j < Features.Count; j++) expected[j] = Math.Max(0, here[j] + (share * (there[j] - here[j])) + _bias[j]);
    }

    public FeatureVector Standardise(in FeatureVector values, long minute)
    {
        Span<double> errors = stackalloc double[Features.Count];
        Span<double> sigmas = stackalloc double[Features.Count];
        Expected(minute, errors);
        AllFeatures.Errors(values, errors, errors);
        Sigmas(sigmas);
        return FeatureScale.Standardise(errors, sigmas);
    }

    private void Sigmas(Span<double> sigmas)
    {
        var known = (PriorWindows + _windows) * (double)(PriorWindows + _windows);
        for (var j = 0; j < Features.Count; j++) sigmas[j] = _scale.Sigma(j, _between[j] / known);
    }

    private static float[] VariancesOf(EntityModel prior) => [.. prior.Between.Select(b => b * b * PriorWindows * PriorWindows)];

    /// <param name="adopted">Whatever it is, it is the new usual; otherwise what stands beyond 3σ is learned as if it stood there.</param>
    public void Learn(long window, in FeatureVector values, bool adopted = false)
    {
        var minute = window * windowMinutes;
        if (_windows == 0) FirstWindow = window;
        if (minute / 60 != _hour) CloseHour(minute / 60);
        Span<double> errors = stackalloc double[Features.Count];
        Span<double> sigmas = stackalloc double[Features.Count];
        Expected(minute, errors);
        AllFeatures.Errors(values, errors, errors);
        Sigmas(sigmas);
        var isKnown = IsKnown(minute / 60);
        for (var j = 0; j < Features.Count; j++)
        {
            var most = adopted ? double.MaxValue : 3 * sigmas[j];
            var taken = (float)Math.Clamp(errors[j], -most, most);
            _level[j] += taken / (float)(Math.Min(_windows, _recent) + PriorWindows);
            if (isKnown) _bias[j] += taken / (float)_recent;
            _sum[j] += values[j];
            _mean[j] += (values[j] - _mean[j]) / (Math.Min(_windows, MeanMemory) + 1);
        }

        if (_windows >= PriorWindows * 3) _scale.Learn(errors);
        _inHour++;
        _windows = Math.Min(_windows + 1, int.MaxValue - 1);
    }

    /// <summary>As if it had begun at another prior.</summary>
    public void Rebase(EntityModel prior)
    {
        _scale.Rebase(_prior, prior);
        if (_windows <= _recent)
            for (var j = 0; j < Features.Count; j++) _level[j] += (prior.Mean[j] - _prior.Mean[j]) * PriorWindows / (PriorWindows + _windows);
        (_prior, _between) = (prior, VariancesOf(prior));
    }

    private void CloseHour(long next)
    {
        if (_inHour * windowMinutes >= 30)
        {
            var known = IsKnown(_hour);
            for (var j = 0; j < Features.Count; j++)
            {
                ref var slot = ref _hours[Slot(_hour, j)];
                var mean = _sum[j] / _inHour;
                slot = known ? slot + (NewestDay * (mean - slot)) : mean;
            }
        }

        Array.Clear(_sum);
        (_hour, _inHour) = (next, 0);
    }

    private bool IsKnown(long hour) => _hours[Slot(hour, 0)] > Unseen;

    private static int Slot(long hour, int feature) => ((int)(hour % 24) * Features.Count) + feature;

    private static float[] Filled()
    {
        var values = new float[24 * Features.Count];
        Array.Fill(values, Unseen);
        return values;
    }

    public void Save(StateWriter writer)
    {
        _scale.Save(writer);
        writer.Raw<float>(_hours);
        writer.Raw<float>(_sum);
        writer.Raw<float>(_level);
        writer.Raw<float>(_bias);
        writer.Raw<float>(_mean);
        writer.Raw((_hour, FirstWindow, _inHour, _windows));
    }

    public void Load(ref StateReader reader)
    {
        _scale.Load(ref reader);
        reader.Raw(_hours.AsSpan());
        reader.Raw(_sum.AsSpan());
        reader.Raw(_level.AsSpan());
        reader.Raw(_bias.AsSpan());
        reader.Raw(_mean.AsSpan());
        (_hour, FirstWindow, _inHour, _windows) = reader.Raw<(long, long, int, int)>();
    }
}
