namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>The series <c>ml_spike</c> follows.</summary>
public enum SeriesKind : byte
{
    /// <summary>Of a tenant.</summary>
    Logins,

    /// <summary>Of a tenant.</summary>
    ApiCalls,

    /// <summary>API calls of one of a tenant's busiest principals.</summary>
    PrincipalApiCalls,
}

/// <summary>
/// What training chose for the ensemble, by kind of series; the defaults where nothing was clearly better. The window is not among it: another window is another series,
/// which would have to begin anew.
/// </summary>
public sealed record SeriesSettings
{
    public required SeriesSetting Logins { get; init; }

    public required SeriesSetting ApiCalls { get; init; }

    public required SeriesSetting PrincipalApiCalls { get; init; }

    public SeriesSetting Of(SeriesKind kind) => kind switch
    {
        SeriesKind.Logins => Logins,
        SeriesKind.ApiCalls => ApiCalls,
        _ => PrincipalApiCalls,
    };

    /// <param name="chosen">Null: nothing was.</param>
    public static SeriesEnsembleOptions OptionsOf(SeriesSettings? chosen, SeriesKind kind) => (chosen?.Of(kind) ?? SeriesSetting.Default).ToOptions();
}

/// <summary>See <see cref="SeriesEnsembleOptions.Threshold"/> and <see cref="SeriesEnsembleOptions.Margin"/>.</summary>
public sealed record SeriesSetting(double Threshold, double Margin)
{
    public static SeriesSetting Default { get; } = new(new SeriesEnsembleOptions().Threshold, new SeriesEnsembleOptions().Margin);

    public SeriesEnsembleOptions ToOptions() => new() { Threshold = Threshold, Margin = Margin };
}
