namespace AnomalyDetect.Streaming.Lanes;

/// <summary>How long to wait before the store is tried again: 100 ms, doubled up to 5 s.</summary>
internal sealed class CommitBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private TimeSpan _next = First;

    public TimeSpan Next()
    {
        var wait = _next;
        _next = wait * 2 < Most ? wait * 2 : Most;
        return wait;
    }
}
