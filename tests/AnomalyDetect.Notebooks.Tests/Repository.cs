namespace AnomalyDetect.Notebooks.Tests;

/// <summary>Where things are in the working copy the tests were built from.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

    public static readonly string Notebooks = Path.Combine(Root, "notebooks");

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "AnomalyDetect.sln"))) return at.FullName;
        throw new InvalidOperationException($"No AnomalyDetect.sln above {AppContext.BaseDirectory}.");
    }
}
