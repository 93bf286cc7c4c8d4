using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Models;

namespace AnomalyDetect.Service.Http;

/// <param name="InForce">Id of the model lanes judge by.</param>
/// <param name="Problems">All that is wrong, in sentences; empty when all is well.</param>
public sealed record ModelList(string Champion, string? Shadow, string InForce, ModelSource Source, IReadOnlyList<string> Problems, IReadOnlyList<ModelRow> Versions);

/// <param name="Card">Null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be used; null when it can, or was not checked.</param>
/// <param name="Series">Settings of the time-series ensemble that training chose; null where it kept the defaults, and in lists.</param>
public sealed record ModelRow(string Id, bool Champion, bool Shadow, ModelCard? Card, string? Problem, SeriesSettings? Series = null);

/// <param name="File">A model file's bytes, Base64.</param>
/// <param name="Metrics">What whoever trained it has measured, by name.</param>
/// <param name="Attachments">Further files by plain name, Base64, such as a profile of what it was trained on.</param>
public sealed record ModelUpload(byte[] File, string? Reason, IReadOnlyDictionary<string, double>? Metrics, IReadOnlyDictionary<string, byte[]>? Attachments = null);

/// <param name="File">The trees, as they stand in <c>triage.json</c>, Base64.</param>
public sealed record TriageUpload(byte[] File, string? Reason);

/// <param name="Champion">Whose alerts the trees rank.</param>
/// <param name="Refreshed">False: they did already.</param>
public sealed record TriageChange(string Champion, bool Refreshed);

/// <param name="Keep">Of the newest, however many are in use beside them.</param>
public sealed record PruneRequest(int? Keep, string? Reason)
{
    public const int Most = 10_000;
}

public sealed record PruneAnswer(IReadOnlyList<string> Removed);

public sealed record ReasonRequest(string? Reason);

/// <param name="InForce">Differs from the champion while a <c>model_file</c> is configured or the champion cannot be taken.</param>
public sealed record ModelChange(string Champion, string? Shadow, string InForce, ModelSource Source, string? Problem);
