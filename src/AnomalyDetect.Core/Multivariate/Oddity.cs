using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>How a window differs from what is usual: by how much, and in what.</summary>
internal readonly struct Oddity
{
    private const double LeastTold = 0.04; // share of the excess from which a feature is named
    private const int MostTold = 5;
    private const double LeastOfItsOwn = 2; // σ of what no other signal counts,
    private const double LeastShareOfItsOwn = 0.25; // and its share of the excess

    private const double MostOfVolume = 0.9; // share of the excess

    private readonly FeatureVector _standardised, _parts;
    private readonly PcaScorer _scorer;
    private readonly double _excess;

    private Oddity(in FeatureVector standardised, PcaScorer scorer)
    {
        (_standardised, _scorer) = (standardised, scorer);
        _excess = scorer.Excess(standardised, out _parts);
        Score = scorer.Score(_excess);
    }

    /// <summary>In σ.</summary>
    public double Score { get; }

    public static Oddity Of(in FeatureVector standardised, PcaScorer scorer) => new(standardised, scorer);

    /// <summary>It is doing more, or other things, that makes it odd, not doing less; and it is not only what another signal counts.</summary>
    public bool IsWorthTelling
    {
        get
        {
            if (Score <= LeastOfItsOwn) return false;
            var (more, own) = (0.0, 0.0);
            for (var j = 0; j < Features.Count; j++)
            {
                if (_standardised[j] <= 0) continue;
                more += _parts[j];
                if (!Features.CannotCarry(j)) own += _parts[j];
            }

            return more > _excess / 2 && own >= LeastShareOfItsOwn * _excess && _scorer.Score(own) >= LeastOfItsOwn;
        }
    }

    /// <summary>Hardly anything but how much was carried makes it odd: in one window that happens to everybody, as when a report is fetched; in a run of them it says more.</summary>
    public bool IsOfVolumeAlone => _parts[Feature.Kilobytes] > MostOfVolume * _excess;

    /// <summary>The features that make it odd, most first, as a person counts them.</summary>
    public List<Contribution> ToContributions(in FeatureVector values, in FeatureVector usual)
    {
        var told = new List<Contribution>();
        for (var j = 0; j < Features.Count; j++)
        {
            var share = _parts[j] / _excess;
            if (share < LeastTold) continue;
            var feature = (Feature)j;
            told.Add(new Contribution(feature, Rounded(Features.Natural(feature, values[j])), Rounded(Features.Natural(feature, usual[j])), Math.Round(share, 2)));
        }

        told.Sort(static (a, b) => a.Share != b.Share ? b.Share.CompareTo(a.Share) : a.Feature.CompareTo(b.Feature));
        if (told.Count > MostTold) told.RemoveRange(MostTold, told.Count - MostTold);
        return told;
    }

    private static double Rounded(double value) => value >= 100 ? Math.Round(value) : Math.Round(value, 1);
}
