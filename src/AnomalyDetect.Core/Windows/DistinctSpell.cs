namespace AnomalyDetect.Core.Windows;

/// <summary>
/// How many distinct things one entity went through lately, and the most that its earlier spells of it came to. What a spell came to is usual once it is
/// over, or has lasted so long that it is no spell; what people were told of makes itself usual only half.
/// </summary>
internal struct DistinctSpell
{
    private const long Gap = 30 * TimeSpan.TicksPerMinute; // after which a spell is over
    private const double Beyond = 0.5; // of the threshold, beyond the entity's own most
    private const double ToldCounts = 0.5;
    private const double Forgets = 0.1; // of what is usual, at a spell that comes to less

    private DistinctWindow _things;
    private long _startedAt, _lastAt;
    private float _usual;
    private short _peak;
    private bool _told;

    /// <summary>Things in the window that ends with the last one.</summary>
    public short Count { get; private set; }

    /// <summary>The most that earlier spells came to.</summary>
    public readonly double Usual => _usual;

    /// <summary>Notes a thing.</summary>
    /// <param name="hash">Of the thing; the upper half is used.</param>
    /// <param name="time">Event time in ticks.</param>
    /// <param name="window">In ticks.</param>
    /// <param name="adoptAfter">How long (ticks) a spell may last before it is the new usual.</param>
    public void Add(ulong hash, long time, long window, long adoptAfter)
    {
        End(time, adoptAfter);
        _lastAt = Math.Max(_lastAt, time);
        Count = (short)_things.Add(hash, time, window);
        _peak = Math.Max(_peak, Count);
    }

    /// <summary>How many are too many: beyond the threshold, and beyond what the entity is used to.</summary>
    public readonly int LimitOf(int threshold) => Math.Max(threshold, (int)Math.Round(_usual + (Beyond * threshold)));

    /// <summary>What the running spell came to so far is what the entity does.</summary>
    public void Adopt() => _usual = Math.Max(_usual, _peak);

    /// <summary>People are told of the running spell.</summary>
    public void Told() => _told = true;

    private void End(long time, long adoptAfter)
    {
        if (_startedAt == 0)
        {
            _startedAt = time;
            return;
        }

        var adopted = time - _startedAt >= adoptAfter;
        if (!adopted && time - _lastAt < Gap) return;
        _usual += (float)((_peak - _usual) * (_peak < _usual ? Forgets : _told && !adopted ? ToldCounts : 1));
        (_peak, _startedAt, _told) = (0, time, false);
    }
}
