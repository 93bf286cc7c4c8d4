using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Which bet is made against "nothing changed".</summary>
public enum MartingaleType : byte
{
    /// <summary>ε·pᵉ⁻¹, with one ε.</summary>
    Power,

    /// <summary>The power bets of every ε in (0,1), averaged.</summary>
    Mixture,
}

/// <summary>
/// Bets on small p-values, as logarithms over a sliding window: while nothing changes they lose, after a change they grow. Fedorova, Gammerman, Nouretdinov &amp;
/// Vovk, Plug-in martingales for testing exchangeability on-line (2012), after Vovk, Nouretdinov &amp; Gammerman (2003). The window before the first point is
/// taken to hold the first point's bet, as in ML.NET. One alert a window: what follows within it is the same change. n doubles; O(n) a point.
/// </summary>
internal sealed class Martingale(int length, MartingaleType type, double epsilon, double confidence)
{
    private readonly double _threshold = Math.Exp(length * Bet(1 - (confidence / 100), type, epsilon));
    private readonly double[] _bets = new double[length];
    private int _next;
    private int _rest;
    private bool _begun;

    public long Bytes => (length * sizeof(double)) + 48;

    /// <summary>The natural logarithm of a bet's pay-off at p in (0,1).</summary>
    private static double Bet(double p, MartingaleType type, double epsilon)
    {
        var log = Math.Log(p);
        return type == MartingaleType.Power ? Math.Log(epsilon) + ((epsilon - 1) * log) : Math.Log((p * log) + 1 - p) - (2 * Math.Log(-log)) - log;
    }

    /// <param name="ready">No alert before the p-values have their whole history.</param>
    public SeriesVerdict Judge(double score, double p, bool ready)
    {
        var bet = Bet(p, type, epsilon);
        if (!_begun) Array.Fill(_bets, bet);
        _begun = true;
        _bets[_next] = bet;
        _next = _next + 1 == length ? 0 : _next + 1;

        // Summed afresh: a running sum would keep every rounding.
        var sum = 0.0;
        foreach (var each in _bets) sum += each;
        var martingale = Math.Exp(sum);
        if (!ready) return new SeriesVerdict(false, score, p, martingale);

        var alert = martingale >= _threshold && _rest == 0;
        if (alert) _rest = length;
        if (_rest > 0) _rest--;
        return new SeriesVerdict(alert, score, p, martingale);
    }

    public void Save(StateWriter writer)
    {
        writer.Bool(_begun);
        writer.Int(_next);
        writer.Int(_rest);
        writer.Raw<double>(_bets);
    }

    public void Load(ref StateReader reader)
    {
        _begun = reader.Bool();
        _next = reader.Int();
        _rest = reader.Int();
        if ((uint)_next >= (uint)length || (uint)_rest > (uint)length) throw new InvalidDataException("the state of a martingale points outside its window");
        reader.Raw<double>(_bets);
    }
}
