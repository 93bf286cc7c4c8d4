namespace AnomalyDetect.Testing;

/// <summary>What code allocates by itself, with other tests beside it.</summary>
public static class Allocation
{
    private const int Passes = 5;

    /// <summary>
    /// Bytes a pass allocates. A collection that another thread sets off counts the rest of this thread's allocation context (up to 8 KiB) as allocated: the least of several
    /// passes is what the code itself does.
    /// </summary>
    public static long Of(Action pass)
    {
        pass();
        return Enumerable.Range(0, Passes).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            pass();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }
}
