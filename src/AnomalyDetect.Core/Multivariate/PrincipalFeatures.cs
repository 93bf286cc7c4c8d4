using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// What a principal's active windows usually hold, in 160 bytes: the mean of each feature in steps of 1/4096, how far above it the principal has gone
/// before, and where it was seen. What it has done before it may do again: a nightly job is odd in its first night. But nothing is learned of a run of odd
/// windows before it is over, or an attack would make itself usual.
/// </summary>
internal struct PrincipalFeatures
{
    private const float Step = 1 / 4096f;
    private const int PriorWindows = 4; // what the population's mean weighs against the principal's own
    private const int Memory = 30; // active windows looked back over, or those of a day
    private const int KnownAfter = 12;
    private const int BelievedAfter = 60; // windows; until then a deviation counts for less

    private const float ReachStep = 1 / 16f;
    private const float OfReach = 0.5f; // what it has reached before counts as two σ
    private const int ReachFades = 128; // windows in which a reach fades by a step: by a factor e in a week of windows
    private const int SpellGap = 6; // windows after which a spell is over
    private const double Allowance = 1.5; // evidence a window that adds nothing to a spell
    private const double MostPerWindow = 10;
    private const double Suspicion = 1; // what a spell must have come to, for nothing to be learned of it
    private const int LongestSpell = 72; // windows; then it is the new usual
    private const double Forgets = 0.1; // of a usual spell, when one comes to less
    private const float LeastTold = 0.001f; // so that a spell of next to nothing counts as told

    [InlineArray(Features.Count)]
    private struct Means
    {
        private ushort _first;
    }

    [InlineArray(Features.Count)]
    private struct Reaches
    {
        private byte _first;
    }

    private Means _means;
    private Reaches _reaches;
    private Reaches _pending; // of the running spell
    private ulong _places, _devices; // a bit each
    private ulong _owner;
    private int _firstWindow;
    private int _spellStart, _spellWindow;
    private float _spell, _spellPeak, _usualSpell, _windowPeak;
    private float _told; // what the running spell had come to when somebody was told of it; 0: nobody was
    private ushort _windows;

    /// <summary>Closed windows learned from.</summary>
    public readonly int Windows => _windows;

    /// <summary>The number of the first window.</summary>
    public readonly long FirstWindow => _firstWindow;

    /// <summary>The number of the first window of the running spell.</summary>
    public readonly long SpellStart => _spellStart;

    /// <summary>A run of odd windows goes on, of which nothing is learned.</summary>
    public readonly bool IsSuspected => _spell > Suspicion && _windows >= KnownAfter;

    /// <summary>What the running spell consists of, in words.</summary>
    public readonly string ToSpellText(int windowMinutes) => string.Create(
        CultureInfo.InvariantCulture,
        $"gathered in {(_spellWindow - _spellStart + 1) * windowMinutes} min{(_usualSpell > 0 ? $", less {_usualSpell:0.##} that its runs usually come to" : "")}");

    public readonly BaselineState State => _windows < KnownAfter ? BaselineState.Learning : BaselineState.Active;

    /// <summary>What a deviation counts for, 0.5 to 1: in its first hours everything a principal does is new, the rare things for days.</summary>
    public readonly double Confidence => 0.5 + (0.5 * Math.Min(1, _windows / (double)BelievedAfter));

    /// <summary>Of those who are never idle the windows of a day: what they do by night must not be all there is to hold the morning against.</summary>
    private readonly int MemoryAt(long window, int windowsPerDay) =>
        (int)Math.Max(Memory, (long)_windows * windowsPerDay / Math.Max(windowsPerDay, window - _firstWindow + 1));

    public readonly FeatureVector Usual()
    {
        var usual = default(FeatureVector);
        for (var j = 0; j < Features.Count; j++) usual[j] = (float)Expected(j);
        return usual;
    }

    private readonly double Expected(int feature) => _means[feature] * Step;

    private readonly void Expected(Span<double> expected) => AllFeatures.FromSteps(_means, Step, expected);

    /// <summary>Begins anew where it has none, or the place belonged to another before.</summary>
    public void Claim(ulong owner, TenantPopulation population)
    {
        if (_owner == owner && _windows > 0) return;
        this = new PrincipalFeatures { _owner = owner };
        for (var j = 0; j < Features.Count; j++) _means[j] = Rounded(population.Mean(j));
    }

    /// <summary>How many networks, countries and devices of this window the principal was never seen with; 0 while it is hardly known.</summary>
    public readonly int Novelties(in FeatureCell cell) =>
        _windows < 3 ? 0 : BitOperations.PopCount(cell.Places & ~_places) + BitOperations.PopCount(cell.Devices & ~_devices);

    /// <summary>In σ from what is usual of the principal, less what its tenant's principals have in common lately; <paramref name="population"/> takes note of it.</summary>
    public readonly FeatureVector Standardise(in FeatureVector values, TenantPopulation population)
    {
        Span<double> sigmas = stackalloc double[Features.Count];
        Span<double> errors = stackalloc double[Features.Count];
        Sigmas(population, sigmas);
        Expected(errors);
        AllFeatures.Errors(values, errors, errors);
        var standardised = FeatureScale.Standardise(errors, sigmas);
        var rest = population.Tide.Without(standardised);
        if (_windows >= KnownAfter) population.Tide.Follow(_owner, standardised);
        return rest;
    }

    private readonly void Sigmas(TenantPopulation population, Span<double> sigmas)
    {
        // What is added is of a mean that is still partly the population's.
        population.Sigmas(PriorWindows * PriorWindows, (PriorWindows + _windows) * (double)(PriorWindows + _windows), sigmas);
        AllFeatures.AtLeast(_reaches, OfReach * ReachStep, sigmas);
    }

    /// <summary>
    /// What a run of odd windows comes to, beyond what earlier ones of the same principal came to: one window says little, half an hour of them more
    /// (cumulative sum, Page, Biometrika 41, 1954).
    /// </summary>
    /// <param name="isWorth">Somebody could be told of it. What is not may go on with a spell, and begins none.</param>
    /// <param name="ended">What the spell before came to, if that is over.</param>
    public double AddToSpell(long window, double evidence, bool isWorth, out EndedSpell ended)
    {
        ended = default;
        if (window - _spellWindow > SpellGap) _spell = 0;
        _spellWindow = (int)window;
        if (_spell == 0)
        {
            ended = EndSpell();
            _spellStart = _spellWindow;
        }

        if (isWorth) _windowPeak = Math.Max(_windowPeak, (float)evidence);
        _spell = (float)Math.Max(0, _spell + (isWorth || _spell > 0 ? Math.Min(evidence, MostPerWindow) : 0) - Allowance);
        _spellPeak = Math.Max(_spellPeak, _spell);
        return _spell - _usualSpell;
    }

    /// <summary>Nobody was told of the running spell, or it has come to twice as much since: one that goes on all day is no news every hour.</summary>
    public readonly bool IsNews(double spell) => spell > 2 * _told;

    /// <summary>Somebody was told of the running spell: it makes itself usual only half.</summary>
    public void Told(double spell) => _told = Math.Max(_told, Math.Max((float)spell, LeastTold));

    private EndedSpell EndSpell()
    {
        var ended = new EndedSpell(_windowPeak, Math.Max(0, _spellPeak - _usualSpell));
        _usualSpell += (float)((_spellPeak - _usualSpell) * (_spellPeak < _usualSpell ? (_spellPeak > 0 ? Forgets : 0) : _told > 0 ? 0.5 : 1));
        if (((ReadOnlySpan<byte>)_pending).ContainsAnyExcept((byte)0))
        {
            for (var j = 0; j < Features.Count; j++)
                if (_pending[j] > _reaches[j]) _reaches[j] += (byte)((_pending[j] - _reaches[j]) / (_told > 0 ? 2 : 1));
        }

        (_spellPeak, _windowPeak, _told, _pending) = (0, 0, 0, default);
        return ended;
    }

    /// <param name="adopted">Whatever it is, it is the new usual; otherwise what stands beyond 3σ is learned as if it stood there.</param>
    public void Learn(long window, in FeatureVector values, TenantPopulation population, bool adopted = false)
    {
        if (_windows == 0) _firstWindow = (int)window;
        if (IsSuspected && !adopted)
        {
            for (var j = 0; j < Features.Count; j++) _pending[j] = Math.Max(_pending[j], Steps(values[j] - Expected(j)));
            if (_spellWindow - _spellStart < LongestSpell) return;
            EndSpell();
            (_spell, adopted) = (0, true);
        }

        Span<double> sigmas = stackalloc double[Features.Count];
        Span<double> means = stackalloc double[Features.Count];
        Span<double> errors = stackalloc double[Features.Count];
        Sigmas(population, sigmas);
        Expected(means);
        AllFeatures.Errors(values, means, errors);
        Reach(errors);
        var weight = 1.0 / (Math.Min((int)_windows, MemoryAt(window, population.WindowsPerDay)) + PriorWindows);
        if (adopted) AllFeatures.Move(means, errors, weight);
        else AllFeatures.Move(means, errors, weight, 3, sigmas);
        AllFeatures.ToSteps(means, Step, _means);

        // While a mean is mostly the population's, its errors say more about the mean than about the noise.
        if (_windows >= KnownAfter) population.Scale.Learn(errors);
        population.Learn(values);
        _windows = (ushort)Math.Min(_windows + 1, ushort.MaxValue);
    }

    /// <summary>Where it was seen is no novelty from now on.</summary>
    public void Remember(in FeatureCell cell)
    {
        _places |= cell.Places;
        _devices |= cell.Devices;
    }

    private void Reach(ReadOnlySpan<double> errors)
    {
        var fades = (ReachFades - (_windows % ReachFades)) % ReachFades; // the feature whose turn it is
        for (var j = 0; j < errors.Length; j++)
        {
            ref var reach = ref _reaches[j];
            var steps = errors[j] > 0 ? Steps(errors[j]) : 0;
            if (steps > reach) reach += (byte)((steps - reach + 1) / 2);
            else if (j == fades && reach > 0) reach--;
        }
    }

    private static byte Steps(double error) => (byte)Math.Clamp(error / ReachStep, 0, byte.MaxValue);

    private static ushort Rounded(double value) => (ushort)Math.Clamp(Math.Round(value / Step), 0, ushort.MaxValue);

    public readonly void Save(StateWriter writer) => writer.Raw(this);

    public static PrincipalFeatures Load(ref StateReader reader) => reader.Raw<PrincipalFeatures>();
}

/// <summary>What a run of odd windows came to: one peak of each kind, however long it was, for its windows are no independent tests (declustering; Coles, 2001, ch. 5).</summary>
/// <param name="Window">The strongest of its windows that somebody could have been told of.</param>
/// <param name="Sum">What they added up to, beyond what earlier runs did.</param>
internal readonly record struct EndedSpell(float Window, float Sum)
{
    /// <summary>A window was judged, and with it a spell may have ended.</summary>
    public void Teach(ref TailEstimate windows, ref TailEstimate spells)
    {
        windows.Learn(Window);
        spells.Learn(Sum);
    }
}
