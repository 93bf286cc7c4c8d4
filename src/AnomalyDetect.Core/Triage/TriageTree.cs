namespace AnomalyDetect.Core.Triage;

/// <summary>
/// One tree of a <see cref="TriageModel"/>. Inner nodes come parents first; a child of 0 or more is an inner node, a negative one the leaf <c>~child</c>.
/// </summary>
public sealed record TriageTree
{
    /// <summary>Of each inner node: which feature it looks at.</summary>
    public required IReadOnlyList<int> Features { get; init; }

    /// <summary>Of each inner node: a value up to this one goes to <see cref="Low"/>, one above it to <see cref="High"/>.</summary>
    public required IReadOnlyList<float> Thresholds { get; init; }

    public required IReadOnlyList<int> Low { get; init; }

    public required IReadOnlyList<int> High { get; init; }

    /// <summary>What each leaf adds to the sum, in log-odds before calibration.</summary>
    public required IReadOnlyList<double> Leaves { get; init; }

    /// <summary>Of each inner node: the mean of what its rows of the training came to, so that a step down says what the feature did.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>Null when it can be walked: every way down ends at a leaf.</summary>
    internal string? Problem(int features)
    {
        if (Features is null || Thresholds is null || Low is null || High is null || Leaves is null || Means is null) return "a tree lacks a list";
        var nodes = Features.Count;
        if (Thresholds.Count != nodes || Low.Count != nodes || High.Count != nodes || Means.Count != nodes || Leaves.Count != nodes + 1) return "a tree's lists do not fit each other";
        if (Features.Any(f => f < 0 || f >= features)) return "a tree looks at a feature there is not";
        for (var i = 0; i < nodes; i++)
            // Further down the list only, or a walk might never end.
            foreach (var child in (int[])[Low[i], High[i]])
                if (child >= 0 ? child <= i || child >= nodes : ~child >= Leaves.Count) return "a tree's branch leads nowhere";
        return Thresholds.Any(t => !float.IsFinite(t)) || Leaves.Concat(Means).Any(v => !double.IsFinite(v)) ? "a tree holds what is no number" : null;
    }

    /// <param name="effects">Of each feature; what this tree's steps did is added.</param>
    internal double Walk(ReadOnlySpan<float> values, Span<double> effects)
    {
        if (Features.Count == 0) return Leaves[0];
        var node = 0;
        while (true)
        {
            var child = values[Features[node]] <= Thresholds[node] ? Low[node] : High[node];
            effects[Features[node]] += (child < 0 ? Leaves[~child] : Means[child]) - Means[node];
            if (child < 0) return Leaves[~child];
            node = child;
        }
    }

    /// <summary>The leaf the values come to.</summary>
    public int LeafOf(ReadOnlySpan<float> values)
    {
        if (Features.Count == 0) return 0;
        var node = 0;
        while (node >= 0) node = values[Features[node]] <= Thresholds[node] ? Low[node] : High[node];
        return ~node;
    }
}
