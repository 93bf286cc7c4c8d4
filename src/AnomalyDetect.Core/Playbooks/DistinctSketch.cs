namespace AnomalyDetect.Core.Playbooks;

/// <summary>
/// How many distinct things there were, told by a kilobyte that can be put together with others' (HyperLogLog: Flajolet, Fusy, Gandouet &amp; Meunier, AofA 2007; of few, by linear
/// counting): 3 % off, and within one or two of the first few dozen. Somebody seen by several enforcers counts once.
/// </summary>
public sealed class DistinctSketch
{
    private readonly byte[] _ranks;

    public DistinctSketch() => _ranks = new byte[DistinctMark.Registers];

    /// <param name="ranks">What <see cref="Ranks"/> was.</param>
    public DistinctSketch(byte[] ranks) =>
        _ranks = ranks.Length == DistinctMark.Registers ? ranks : throw new ArgumentException($"a sketch has {DistinctMark.Registers} ranks, not {ranks.Length}", nameof(ranks));

    public ReadOnlySpan<byte> Ranks => _ranks;

    /// <param name="mark">A <see cref="DistinctMark"/>.</param>
    public void Add(int mark)
    {
        ref var rank = ref _ranks[DistinctMark.RegisterOf(mark)];
        rank = Math.Max(rank, (byte)DistinctMark.RankOf(mark));
    }

    public long Estimate()
    {
        var (sum, empty) = (0d, 0);
        foreach (var rank in _ranks)
        {
            sum += Math.ScaleB(1, -rank);
            if (rank == 0) empty++;
        }

        const double Registers = DistinctMark.Registers;
        const double Bias = 0.7213 / (1 + 1.079 / Registers);
        var raw = Bias * Registers * Registers / sum;
        return (long)Math.Round(raw <= 2.5 * Registers && empty > 0 ? Registers * Math.Log(Registers / empty) : raw);
    }
}
