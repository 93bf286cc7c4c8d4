using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Windows;

/// <summary>What is counted in tumbling one-minute windows. The first three are signals, the last feeds the cross-tenant baseline.</summary>
internal enum RateKind
{
    Login, ApiCall, Delegation, CrossTenant,
}

/// <summary>One open minute of one tenant: counts by kind, for the tenant and for each principal active in it.</summary>
/// <param name="limit">Principals at most.</param>
/// <param name="share">What it may grow by, beyond <see cref="LeastCost"/>.</param>
internal sealed class MinuteWindow(int limit, TableShare? share = null) : IOpenWindow
{
    private const int Capacity = 8; // principals, before it grows

    public const int Kinds = 4;
    public const int PrincipalKinds = 3;
    public const int SampleSize = 5;

    internal struct Cell : IPrincipalCell
    {
        public int Login, ApiCall, Delegation;

        /// <summary>Logins that did not succeed: whoever knocked wrote the name.</summary>
        public int Unproven;

        public Symbol? Principal { get; private set; }

        public int Index { get; private set; }

        public void Claim(Symbol principal, int index) => (Principal, Index) = (principal, index);

        public readonly int Of(int kind) => kind switch { 0 => Login, 1 => ApiCall, _ => Delegation };

        /// <summary>Most of it was done by the principal itself, and not by whoever knew the name.</summary>
        public readonly bool IsProven(int kind) => kind != (int)RateKind.Login || Unproven * 2 <= Login;
    }

    private readonly PrincipalCells<Cell> _principals = new(Capacity, limit, share);
    private readonly KeptTexts _ids = new();
    private readonly KeptText[] _samples = new KeptText[PrincipalKinds * SampleSize]; // kind by kind
    private readonly int[] _sampled = new int[PrincipalKinds];
    private readonly long[] _totals = new long[Kinds];

    public long Minute { get; private set; }

    long IOpenWindow.Number => Minute;

    /// <summary>Any event of the tenant at all.</summary>
    public bool Any { get; set; }

    public ReadOnlySpan<Cell> Cells => _principals.All;

    public long Bytes => _principals.Bytes;

    public static long BytesAt(int principals) => PrincipalCells<Cell>.BytesAt(Capacity, principals);

    public static long LeastCost => CostEach * Capacity;

    public static long CostEach => PrincipalCells<Cell>.CostOf(1, 0);

    public void Trim() => _principals.Trim();

    public void Release() => _principals.Release();

    public long Total(RateKind kind) => _totals[(int)kind];

    /// <summary>Ids of a few of the events of a kind.</summary>
    public IReadOnlyList<string> Samples(RateKind kind) => [.. SamplesOf((int)kind).ToArray().Select(id => _ids.Read(id)!)];

    private ReadOnlySpan<KeptText> SamplesOf(int kind) => _samples.AsSpan(kind * SampleSize, _sampled[kind]);

    public void Open(long minute)
    {
        if (Minute != 0) Clear();
        Minute = minute;
    }

    private void Clear()
    {
        Any = false;
        Array.Clear(_totals);
        _principals.Clear();
        Array.Clear(_sampled);
        _ids.Clear();
    }

    public void Add(RateKind kind, in TelemetryEvent e)
    {
        var total = _totals[(int)kind] += e.Count;
        if (kind == RateKind.CrossTenant) return;
        // The 1st, 4th, 16th … event: a spread over the window at no cost.
        var sampled = _sampled[(int)kind];
        if (sampled < SampleSize && total >= 1L << (2 * sampled)) Sample((int)kind, _ids.Keep(e.Id.Utf8));
    }

    private void Sample(int kind, KeptText id) => _samples[(kind * SampleSize) + _sampled[kind]++] = id;

    /// <param name="index">The principal's index in the tenant's table.</param>
    public void Add(RateKind kind, int index, Symbol principal, int count, bool proven)
    {
        ref var cell = ref _principals.Of(principal, index);
        switch (kind)
        {
            case RateKind.Login: cell.Login += count; break;
            case RateKind.ApiCall: cell.ApiCall += count; break;
            default: cell.Delegation += count; break;
        }

        if (!proven) cell.Unproven += count;
    }

    public void Save(StateWriter writer)
    {
        writer.Long(Minute);
        writer.Bool(Any);
        _principals.SaveSize(writer);
        writer.Raw<long>(_totals);
        writer.Int(_principals.Count);
        foreach (ref readonly var cell in Cells)
        {
            writer.Symbol(cell.Principal);
            writer.Raw((cell.Index, cell.Login, cell.ApiCall, cell.Delegation, cell.Unproven));
        }

        for (var kind = 0; kind < PrincipalKinds; kind++)
        {
            writer.Int(_sampled[kind]);
            foreach (var id in SamplesOf(kind)) writer.Text(_ids.Read(id));
        }
    }

    public void Load(ref StateReader reader)
    {
        Open(reader.Long());
        Any = reader.Bool();
        _principals.LoadSize(ref reader);
        reader.Raw(_totals.AsSpan());
        var active = reader.Count();
        for (var n = 0; n < active; n++)
        {
            var principal = reader.Symbol();
            var (index, login, apiCall, delegation, unproven) = reader.Raw<(int, int, int, int, int)>();
            ref var cell = ref _principals.Of(principal, index);
            (cell.Login, cell.ApiCall, cell.Delegation, cell.Unproven) = (login, apiCall, delegation, unproven);
        }

        for (var kind = 0; kind < PrincipalKinds; kind++)
        {
            var sampled = reader.Count();
            if (sampled > SampleSize) throw new InvalidDataException("a window in the lane checkpoint has too many samples");
            for (var n = 0; n < sampled; n++) Sample(kind, _ids.Keep(reader.Text()));
        }
    }
}
