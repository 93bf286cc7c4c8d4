namespace AnomalyDetect.Core.Tables;

/// <summary>What one part of a tenant's state holds of the memory, counted by what its tables could come to at the size they have; it asks before they grow.</summary>
/// <param name="reserved">Its own, whatever happens elsewhere.</param>
internal sealed class TableShare(TenantMemory memory, TablePart part, long reserved)
{
    public long Held { get; private set; }

    /// <summary>What it held at its making: it never has less.</summary>
    public long Least { get; private set; }

    /// <summary>What one more of it takes.</summary>
    public long Each { get; private set; }

    /// <summary>Of the pool.</summary>
    public long Over => Math.Max(0, Held - reserved);

    /// <summary>For the table's making.</summary>
    /// <param name="least">What it holds from the beginning.</param>
    /// <param name="each">What one more of it takes.</param>
    public void Begin(long least, long each)
    {
        Take(least);
        (Least, Each) = (Least + least, Each + each);
    }

    /// <summary>More, or false: then it makes do with what it has.</summary>
    public bool Grow(long bytes)
    {
        var more = Math.Max(0, Held + bytes - reserved) - Over;
        if (more > 0 && !memory.Ask(part, more, Over)) return false;
        Held += bytes;
        return true;
    }

    /// <summary>What is there in any case: at its making, or read from a checkpoint.</summary>
    public void Take(long bytes)
    {
        var before = Over;
        Held += bytes;
        memory.Changed(Over - before);
    }

    public void Return(long bytes) => Take(-bytes);
}
