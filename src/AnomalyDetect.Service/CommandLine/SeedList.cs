using System.CommandLine.Parsing;
using System.Globalization;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>Seeds of made-up telemetry as a person writes them: numbers and ranges such as 1-5 or 3,8.</summary>
internal static class SeedList
{
    private const int Most = 1000;

    public static IReadOnlyList<int>? Parse(ArgumentResult result)
    {
        var seeds = new List<int>();
        foreach (var part in result.Tokens[0].Value.Split(','))
        {
            var ends = part.Split('-', 2);
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to) || to < from || to - from + seeds.Count >= Most)
            {
                result.AddError($"--seeds must be numbers and ranges such as 1-5 or 3,8, at most {Most} in all.");
                return null;
            }

            for (var seed = from; seed <= to; seed++) seeds.Add(seed);
        }

        return seeds;
    }
}
