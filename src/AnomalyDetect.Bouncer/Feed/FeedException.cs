namespace AnomalyDetect.Bouncer.Feed;

/// <summary>How soon asking again is worth while.</summary>
internal enum Retry
{
    Soon,

    /// <summary>Somebody has to put something right first.</summary>
    Slowly,
}

/// <summary>The service did not answer as it should. The message is half a sentence that says what it did, without anything secret.</summary>
internal class FeedException(string message, Retry retry, Exception? inner = null, TimeSpan? retryAfter = null) : Exception(message, inner)
{
    public Retry Retry => retry;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>The same call will be refused however often it is made.</summary>
internal sealed class RefusedException(string message) : FeedException(message, Retry.Slowly);
