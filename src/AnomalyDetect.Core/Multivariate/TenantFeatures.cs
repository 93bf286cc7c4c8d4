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
        for (var j = 0; j < Features.Count; j++) usual[j] = (float)Expected(j, minute);
        return usual;
    }

    private double Expected(int feature, long minute)
    {
        var hour = minute / 60;
        if (!IsKnown(hour)) return _level[feature];
        var into = ((minute % 60) + (windowMinutes / 2.0) - 30) / 60.0;
        var (here, beside) = (_hours[Slot(hour, feature)], into < 0 ? hour - 1 : hour + 1);
        var value = IsKnown(beside) ? here + (Math.Abs(into) * (_hours[Slot(beside, feature)] - here)) : here;
        return Math.Max(0, value + _bias[feature]);
    }

    public FeatureVector Standardise(in FeatureVector values, long minute)
    {
        var result = default(FeatureVector);
        for (var j = 0; j < Features.Count; j++) result[j] = FeatureScale.Standardise(values[j], Expected(j, minute), _scale.Sigma(j, ExtraVariance(j)));
        return result;
    }

    private double ExtraVariance(int feature) => _prior.Between[feature] * _prior.Between[feature] * PriorWindows * PriorWindows / ((PriorWindows + _windows) * (double)(PriorWindows + _windows));

    /// <param name="adopted">Whatever it is, it is the new usual; otherwise what stands beyond 3σ is learned as if it stood there.</param>
    public void Learn(long window, in FeatureVector values, bool adopted = false)
    {
        var minute = window * windowMinutes;
        if (_windows == 0) FirstWindow = window;
        if (minute / 60 != _hour) CloseHour(minute / 60);
        var errors = default(FeatureVector);
        for (var j = 0; j < Features.Count; j++)
        {
            var error = values[j] - Expected(j, minute);
            var most = adopted ? double.MaxValue : 3 * _scale.Sigma(j, ExtraVariance(j));
            errors[j] = (float)error;
            var taken = (float)Math.Clamp(error, -most, most);
            _level[j] += taken / (float)(Math.Min(_windows, _recent) + PriorWindows);
            if (IsKnown(minute / 60)) _bias[j] += taken / (float)_recent;
            _sum[j] += (float)values[j];
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
        _prior = prior;
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
