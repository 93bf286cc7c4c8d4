using AnomalyDetect.Core.Multivariate;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace AnomalyDetect.Learning;

/// <summary>
/// Which tenants are alike in what their windows hold: ML.NET's k-means over their means, with as many clusters as the silhouette (Rousseeuw, J. Comput. Appl.
/// Math. 20, 1987) speaks for; none where it speaks for none.
/// </summary>
internal sealed class TenantCohorts
{
    private const int LeastTenants = 5; // of a cohort: fewer say nothing of a sixth
    private const int MostClusters = 8;
    private const double LeastSilhouette = 0.25; // below it there is no structure to speak of (Kaufman & Rousseeuw, 1990)
    private const double Reach = 1.25; // times the farthest day of a cohort's tenants, within which others belong to it

    private sealed class Row
    {
        [VectorType(Features.Count)]
        public float[] Values { get; set; } = [];
    }

    private TenantCohorts(int[] of, IReadOnlyList<(float[] Centroid, float Radius, int Tenants)> cohorts) => (Of, Cohorts) = (of, cohorts);

    /// <summary>A tenant's cohort, from 1; 0 for none.</summary>
    public IReadOnlyList<int> Of { get; }

    public IReadOnlyList<(float[] Centroid, float Radius, int Tenants)> Cohorts { get; }

    /// <param name="means">Of the tenants.</param>
    /// <param name="whole">What was learned of them all.</param>
    public static TenantCohorts Find(MLContext context, TenantMeans means, EntityModel whole)
    {
        var tenants = means.All;
        var best = (Silhouette: LeastSilhouette, Of: new int[tenants.Count], Clusters: 0);
        for (var clusters = 2; clusters <= Math.Min(MostClusters, tenants.Count / LeastTenants); clusters++)
        {
            var of = Cluster(context, tenants, whole, clusters);
            if (of.CountBy(cluster => cluster).Count() < clusters || of.CountBy(cluster => cluster).Any(c => c.Value < LeastTenants)) continue;
            var silhouette = Silhouette(tenants, of, whole);
            if (silhouette > best.Silhouette) best = (silhouette, of, clusters);
        }

        var cohorts = new List<(float[] Centroid, float Radius, int Tenants)>();
        var numbers = new int[tenants.Count];
        for (var cluster = 1; cluster <= best.Clusters; cluster++)
        {
            int[] members = [.. Enumerable.Range(0, tenants.Count).Where(i => best.Of[i] == cluster)];
            var centroid = new float[Features.Count];
            for (var j = 0; j < Features.Count; j++) centroid[j] = members.Average(i => tenants[i][j]);
            var radius = (float)Math.Max(0.1, Reach * members.Max(i => means.DaysOf(i).Max(day => Cohort.Distance(day, centroid, whole))));
            cohorts.Add((centroid, radius, members.Length));
            foreach (var i in members) numbers[i] = cohorts.Count;
        }

        return new TenantCohorts(numbers, cohorts);
    }

    /// <returns>Each tenant's cluster, from 1.</returns>
    private static int[] Cluster(MLContext context, IReadOnlyList<float[]> tenants, EntityModel whole, int clusters)
    {
        var data = context.Data.LoadFromEnumerable(tenants.Select(t => new Row { Values = [.. t.Select((value, j) => (float)(value / Cohort.Scale(whole, j)))] }));
        var fitted = context.Clustering.Trainers.KMeans(new KMeansTrainer.Options
        {
            FeatureColumnName = nameof(Row.Values), NumberOfClusters = clusters, NumberOfThreads = 1, MaximumNumberOfIterations = 200, InitializationAlgorithm = KMeansTrainer.InitializationAlgorithm.KMeansPlusPlus,
        }).Fit(data);
        return [.. fitted.Transform(data).GetColumn<uint>("PredictedLabel").Select(label => (int)label)];
    }

    /// <summary>−1 to 1: how much nearer tenants are to their own cluster than to the next.</summary>
    private static double Silhouette(IReadOnlyList<float[]> tenants, int[] of, EntityModel whole)
    {
        var sum = 0.0;
        for (var i = 0; i < tenants.Count; i++)
        {
            var distances = Enumerable.Range(0, tenants.Count).Where(k => k != i).GroupBy(k => of[k], k => Cohort.Distance(tenants[i], tenants[k], whole)).ToDictionary(g => g.Key, g => g.Average());
            if (!distances.Remove(of[i], out var own)) continue; // alone in its cluster: 0 by definition
            var next = distances.Values.Min();
            sum += (next - own) / Math.Max(1e-9, Math.Max(own, next));
        }

        return sum / tenants.Count;
    }
}
