using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Baselines;

/// <summary>A tenant's baseline for one kind of event: what a minute normally holds, at this time of week.</summary>
internal sealed class TenantRate
{
    private CountBaseline _baseline;
    private readonly WeekProfile _profile = new();

    public int Windows => _baseline.Windows;

    public static int Bytes => 12 + WeekProfile.Bytes;

    /// <summary>What is expected in this minute, with nothing observed yet.</summary>
    public Deviation Expected(long minute) => _baseline.Judge(0, _profile.Season(minute));

    public Deviation Judge(long minute, double count) => _baseline.Judge(count, _profile.Season(minute));

    public void Learn(long minute, double count, double sigmas)
    {
        _baseline.Learn(count, _profile.Season(minute), sigmas);
        _profile.Learn(minute, count);
    }

    public void Save(StateWriter writer)
    {
        writer.Raw(_baseline);
        _profile.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _baseline = reader.Raw<CountBaseline>();
        _profile.Load(ref reader);
    }
}
