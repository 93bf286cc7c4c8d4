using System.Text.RegularExpressions;

namespace AnomalyDetect.Bouncer.Tests.Walkthrough;

/// <summary>The commands of the README, as they stand there.</summary>
internal static partial class ReadmeCommands
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "README.md")).ReplaceLineEndings("\n");

    private static string Root
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "AnomalyDetect.sln"))) at = at.Parent!;
            return at.FullName;
        }
    }

    /// <summary>What <c>anomalydetect</c> stands for in it.</summary>
    public static string Definition => Text.Split('\n').Select(l => l.Trim()).Single(l => l.StartsWith("anomalydetect() {", StringComparison.Ordinal));

    /// <summary>The bash blocks of one section, in order.</summary>
    public static IReadOnlyList<string> Blocks(string heading)
    {
        var section = Text.Split("\n## ").Single(s => s.StartsWith(heading + "\n", StringComparison.Ordinal));
        return [.. BashBlock().Matches(section).Select(m => m.Groups[1].Value)];
    }

    /// <summary>A block's steps: each begins with a comment that says what is seen. What stands before the first is a step of its own.</summary>
    public static IReadOnlyList<string> Steps(string block) => block.Split("\n# ");

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex BashBlock();
}
