namespace AnomalyDetect.Service.Tests;

/// <summary>Where the repository lies, seen from the built tests.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "AnomalyDetect.sln"))) return directory.FullName;
        throw new InvalidOperationException($"no AnomalyDetect.sln above {AppContext.BaseDirectory}");
    }
}
