using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning;

/// <summary>
/// How often each feature took which value, of principals and of tenants: kept beside a model, so that what is seen later can be held against what it was trained
/// on. Bins are 0 itself, then half a unit of the logarithm each.
/// </summary>
public sealed class FeatureProfile
{
    /// <summary>Of the attachment in the registry.</summary>
    public const string FileName = "profile.json";

    /// <summary>From here on a feature is said to have drifted (Siddiqi, Credit Risk Scorecards, 2006: 0.1 to 0.25 is a moderate shift, above a large one).</summary>
    public const double Large = 0.25;

    private const int Format = 1;
    private const int Bins = 26;
    private const double BinWidth = 0.5;
    private const double LeastShare = 1e-4; // of an empty bin, or one row there would be an infinite drift
    private readonly long[][] _principals = Empty();
    private readonly long[][] _tenants = Empty();

    public long Rows { get; private set; }

    public void Add(in FeatureRow row)
    {
        var bins = row.Principal is null ? _tenants : _principals;
        for (var j = 0; j < Features.Count; j++) bins[j][BinOf(row.Values[j])]++;
        Rows++;
    }

    /// <summary>No feature of any principal was ever in more than one bin.</summary>
    public bool IsConstant => Rows > 0 && _principals.All(bins => bins.Count(n => n > 0) <= 1);

    /// <summary>
    /// The population stability index of each feature: Σ (p − q) ln (p / q) over its bins, the symmetrised Kullback–Leibler divergence. 0: the same.
    /// </summary>
    public IReadOnlyList<FeatureDrift> DriftFrom(FeatureProfile training) =>
    [
        .. Enumerable.Range(0, Features.Count).Select(j => new FeatureDrift((Feature)j, Psi(_principals[j], training._principals[j]), Psi(_tenants[j], training._tenants[j]))),
    ];

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteNumber("feature_schema", Features.Schema);
            Write(json, "principals", _principals);
            Write(json, "tenants", _tenants);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null when it is of another format or schema, or none: then nothing is known of drift.</summary>
    public static FeatureProfile? TryRead(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.GetProperty("format").GetInt32() != Format || json.RootElement.GetProperty("feature_schema").GetInt32() != Features.Schema) return null;
            var profile = new FeatureProfile();
            Read(json.RootElement.GetProperty("principals"), profile._principals);
            Read(json.RootElement.GetProperty("tenants"), profile._tenants);
            profile.Rows = profile._principals[0].Sum() + profile._tenants[0].Sum();
            return profile;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static int BinOf(float value) => value <= 0 ? 0 : Math.Min(Bins - 1, 1 + (int)(value / BinWidth));

    private static double Psi(long[] now, long[] then)
    {
        var (all, before) = ((double)now.Sum(), (double)then.Sum());
        if (all == 0 || before == 0) return 0;
        var sum = 0.0;
        for (var b = 0; b < Bins; b++)
        {
            var (p, q) = (Math.Max(LeastShare, now[b] / all), Math.Max(LeastShare, then[b] / before));
            sum += (p - q) * Math.Log(p / q);
        }

        return sum;
    }

    private static void Write(Utf8JsonWriter json, string name, long[][] features)
    {
        json.WriteStartObject(name);
        for (var j = 0; j < Features.Count; j++)
        {
            json.WriteStartArray(Names.Of((Feature)j));
            foreach (var count in features[j]) json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Read(JsonElement json, long[][] features)
    {
        for (var j = 0; j < Features.Count; j++)
            foreach (var (b, count) in json.GetProperty(Names.Of((Feature)j)).EnumerateArray().Index()) features[j][b] = Math.Max(0, count.GetInt64());
    }

    private static long[][] Empty() => [.. Enumerable.Range(0, Features.Count).Select(_ => new long[Bins])];
}

/// <param name="Principals">Population stability index of principals' windows.</param>
/// <param name="Tenants">Of tenants'.</param>
public sealed record FeatureDrift(Feature Feature, double Principals, double Tenants);
