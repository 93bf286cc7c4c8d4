namespace AnomalyDetect.Bouncer.Feed;

/// <summary>
/// How long to wait after a failure: doubling from half a second up to <paramref name="most"/>, the upper half of it at random, so that a fleet does not come back
/// all at once.
/// </summary>
/// <param name="chance">Numbers in [0, 1).</param>
internal sealed class Backoff(TimeSpan most, Func<double> chance)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private int _failures;

    public void Succeeded() => _failures = 0;

    /// <param name="asked">What the service asked for: honoured as the least wait, up to the longest.</param>
    public TimeSpan Failed(Retry retry, TimeSpan? asked)
    {
        _failures = Math.Min(_failures + 1, 32);
        var wait = retry == Retry.Slowly ? most : TimeSpan.FromSeconds(Math.Min(most.TotalSeconds, First.TotalSeconds * Math.Pow(2, _failures - 1)));
        wait -= wait * 0.5 * chance();
        var least = asked is { } a && a < most ? a : asked is null ? TimeSpan.Zero : most;
        return wait > least ? wait : least;
    }
}
