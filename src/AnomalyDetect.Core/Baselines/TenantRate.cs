using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Baselines;

/// <summary>A tenant's baseline for one kind of event: what a minute normally holds, at this time of week.</summary>
internal sealed class TenantRate
{
    private CountBaseline _baseline;
    private readonly WeekProfile _profile = new();
    private bool _followsSeason;

    public int Windows => _baseline.Windows;

    public static int Bytes => 12 + WeekProfile.Bytes;

    /// <summary>What is expected in this minute, with nothing observed yet.</summary>
    public Deviation Expected(long minute) => Judge(minute, 0);

    public Deviation Judge(long minute, double count) => _baseline.Judge(count, Season(minute));

    /// <summary>An hour never seen is taken for an average one.</summary>
    private double Season(long minute) => _followsSeason ? _profile.Season(minute) ?? _profile.Reference : 1;

    public void Learn(long minute, double count, double sigmas)
    {
        _baseline.Learn(count, Season(minute), _followsSeason ? _profile.Reference : 1, sigmas);
        _profile.Learn(minute, count);

        // The second day begins: what was a plain mean becomes a multiple of the day before.
        if (_followsSeason || _profile.Season(minute + 1) is null) return;
        _followsSeason = true;
        _baseline.FollowSeason();
    }

    public void Save(StateWriter writer)
    {
        writer.Raw(_baseline);
        writer.Bool(_followsSeason);
        _profile.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _baseline = reader.Raw<CountBaseline>();
        _followsSeason = reader.Bool();
        _profile.Load(ref reader);
    }
}
