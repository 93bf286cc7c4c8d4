namespace AnomalyDetect.Core.Tables;

/// <summary>One counter of a <see cref="SpaceSaving"/> sketch.</summary>
internal struct SketchCounter<TKey>
    where TKey : struct, ITableKey<TKey>
{
    public TKey Key;
    public int Count;

    /// <summary>Of <see cref="Count"/>, what may have been others' before the key took the place.</summary>
    public int Error;

    /// <summary>What the key has come to at least.</summary>
    public readonly int Sure => Count - Error;
}

/// <summary>
/// The most frequent of any number of keys in a few counters (Metwally, Agrawal &amp; El Abbadi, ICDT 2005): a new key takes the place of the least counted and
/// goes on from its count. With k counters, whoever makes more than a k-th of the whole is among them.
/// </summary>
internal static class SpaceSaving
{
    /// <param name="counters">Filled from the front.</param>
    public static void Add<TKey>(Span<SketchCounter<TKey>> counters, ref int used, in TKey key, int count)
        where TKey : struct, ITableKey<TKey>
    {
        var least = 0;
        for (var i = 0; i < used; i++)
        {
            ref var known = ref counters[i];
            if (known.Key.Same(key))
            {
                known.Count = (int)Math.Min(int.MaxValue, (long)known.Count + count);
                return;
            }

            if (known.Count < counters[least].Count) least = i;
        }

        var inherited = 0;
        if (used < counters.Length) least = used++;
        else inherited = counters[least].Count;
        counters[least] = new SketchCounter<TKey> { Key = key, Count = (int)Math.Min(int.MaxValue, (long)inherited + count), Error = inherited };
    }
}
