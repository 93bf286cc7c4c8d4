using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests;

/// <summary>Feature rows of tenants where more calls mean more kilobytes and more resources, and nothing else goes together.</summary>
internal static class SomeHistory
{
    public static List<FeatureRow> Of(int tenants = 2, int principals = 3, int windows = 700, int seed = 1, bool constant = false)
    {
        var dice = new Random(seed);
        var rows = new List<FeatureRow>();
        for (var t = 0; t < tenants; t++)
        {
            var tenant = Symbol.Create($"tenant {t}");
            var people = Enumerable.Range(0, principals).Select(p => Symbol.Create($"user {p}")).ToArray();
            for (var w = 0; w < windows; w++)
            {
                var start = SomeTelemetry.Monday.AddMinutes(5 * w).Ticks;
                var sum = default(FeatureVector);
                foreach (var who in people)
                {
                    var vector = default(FeatureVector);
                    var busy = constant ? 1 : 1 + dice.NextDouble();
                    vector[Feature.ApiCalls] = (float)busy;
                    vector[Feature.Kilobytes] = (float)((2 * busy) + (constant ? 0 : 0.1 * dice.NextDouble()));
                    vector[Feature.Resources] = (float)((0.5 * busy) + (constant ? 0 : 0.1 * dice.NextDouble()));
                    vector[Feature.Logins] = constant ? 0 : (float)(0.3 * dice.NextDouble());
                    rows.Add(new FeatureRow(tenant, who, start, vector));
                    for (var j = 0; j < Features.Count; j++) sum[j] += vector[j];
                }

                rows.Add(new FeatureRow(tenant, null, start, sum));
            }
        }

        return rows;
    }
}
