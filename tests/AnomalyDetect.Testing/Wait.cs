namespace AnomalyDetect.Testing;

/// <summary>Waits for a condition with a bound, in real time.</summary>
public static class Wait
{
    /// <exception cref="TimeoutException">It did not come true in time; the message says what.</exception>
    public static Task UntilAsync(Func<bool> condition, string what, int seconds = 20) => UntilAsync(() => Task.FromResult(condition()), what, seconds);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string, int)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 20)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > TimeSpan.FromSeconds(seconds))
                throw new TimeoutException($"waited {seconds} s in vain for: {what}");
            await Task.Delay(5);
        }
    }
}
