using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Windows;

/// <summary>One of the windows of a tenant that are open at once; each has its place among them by its number.</summary>
internal interface IOpenWindow
{
    /// <summary>Whole windows since 0001; 0 while it is free.</summary>
    long Number { get; }

    void Load(ref StateReader reader);

    /// <summary>Nobody needs it any more: what it holds beyond what it began with is given back.</summary>
    void Release();
}

internal static class SavedWindows
{
    /// <summary>
    /// Reads the windows that were open. Another lateness has another number of them: each goes to its place, and what no longer has one was late anyway.
    /// </summary>
    /// <param name="open">Free ones, which are replaced.</param>
    public static void Load<TWindow>(ref StateReader reader, TWindow[] open, Func<TWindow> make)
        where TWindow : IOpenWindow
    {
        var saved = reader.Count();
        for (var i = 0; i < saved; i++)
        {
            var window = make();
            window.Load(ref reader);
            var place = saved == open.Length ? i : window.Number > 0 ? (int)(window.Number % open.Length) : -1;
            if (place < 0)
            {
                window.Release();
                continue;
            }

            open[place].Release();
            open[place] = window;
        }
    }
}
