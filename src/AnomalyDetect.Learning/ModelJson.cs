using System.Text.Json;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Learning;

/// <summary>
/// A model's members out of its JSON. Every start reads the built-in one, and a serializer's converters for these types, compiled for one use, took ten times as long as
/// reading it does.
/// </summary>
internal static class ModelJson
{
    /// <exception cref="JsonException">A member is missing or no such thing.</exception>
    /// <exception cref="InvalidOperationException">A member is of another kind of JSON.</exception>
    /// <exception cref="FormatException">A number or a time is none.</exception>
    public static BehaviourModel Read(JsonElement json) => new()
    {
        Version = Member(json, "version").GetInt32(),
        FeatureSchema = Member(json, "feature_schema").GetInt32(),
        WindowMinutes = Member(json, "window_minutes").GetInt32(),
        Principal = Entity(Member(json, "principal")),
        Tenant = Entity(Member(json, "tenant")),
        SpellTail = Tail(Member(json, "spell_tail")),
        Rates = List(Member(json, "rates"), Rate),
        Cohorts = List(Member(json, "cohorts"), CohortOf),
        Training = Training(Member(json, "training")),
        Series = json.TryGetProperty("series", out var series) && series.ValueKind != JsonValueKind.Null ? Series(series) : null,
    };

    private static EntityModel Entity(JsonElement json) => new()
    {
        Mean = Numbers(Member(json, "mean")),
        Within = Numbers(Member(json, "within")),
        Between = Numbers(Member(json, "between")),
        Center = Numbers(Member(json, "center")),
        Components = List(Member(json, "components"), Numbers),
        Variances = Numbers(Member(json, "variances")),
        ResidualVariance = Number(json, "residual_variance"),
        ScoreUnit = Number(json, "score_unit"),
        Tail = Tail(Member(json, "tail")),
    };

    private static Cohort CohortOf(JsonElement json) => new()
    {
        Centroid = Numbers(Member(json, "centroid")),
        Radius = Number(json, "radius"),
        Tenants = Member(json, "tenants").GetInt32(),
        Principal = Entity(Member(json, "principal")),
        Tenant = Entity(Member(json, "tenant")),
        SpellTail = Tail(Member(json, "spell_tail")),
        Rates = List(Member(json, "rates"), Rate),
    };

    private static RatePrior Rate(JsonElement json) => new()
    {
        Mean = Number(json, "mean"), Between = Number(json, "between"), Dispersion = Number(json, "dispersion"), TenantDispersion = Number(json, "tenant_dispersion"),
    };

    private static TailPrior Tail(JsonElement json) => new(Number(json, "rate"), Number(json, "excess"));

    private static TrainingSummary Training(JsonElement json) => new(
        Text(json, "source"), Member(json, "from").GetDateTime(), Member(json, "to").GetDateTime(), Member(json, "principal_rows").GetInt64(), Member(json, "tenant_rows").GetInt64(),
        Member(json, "tenants").GetInt32(), Member(json, "seed").GetInt32(), Text(json, "library"));

    private static SeriesSettings Series(JsonElement json) => new()
    {
        Logins = Setting(Member(json, "logins")), ApiCalls = Setting(Member(json, "api_calls")), PrincipalApiCalls = Setting(Member(json, "principal_api_calls")),
    };

    private static SeriesSetting Setting(JsonElement json) => new(Member(json, "threshold").GetDouble(), Member(json, "margin").GetDouble());

    private static JsonElement Member(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value : throw new JsonException($"{name} is missing");

    private static float Number(JsonElement json, string name) => Member(json, name).GetSingle();

    private static string Text(JsonElement json, string name) => Member(json, name).GetString() ?? throw new JsonException($"{name} is null");

    private static List<float> Numbers(JsonElement json) => List(json, number => number.GetSingle());

    private static List<T> List<T>(JsonElement json, Func<JsonElement, T> read)
    {
        var list = new List<T>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray()) list.Add(read(item));
        return list;
    }
}
