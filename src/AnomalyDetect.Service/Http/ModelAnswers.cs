using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Models;

namespace AnomalyDetect.Service.Http;

/// <param name="InForce">Id of the model lanes judge by.</param>
/// <param name="Problems">All that is wrong, in sentences; empty when all is well.</param>
public sealed record ModelList(string Champion, string? Shadow, string InForce, ModelSource Source, IReadOnlyList<string> Problems, IReadOnlyList<ModelRow> Versions);

/// <param name="Card">Null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be used; null when it can, or was not checked.</param>
public sealed record ModelRow(string Id, bool Champion, bool Shadow, ModelCard? Card, string? Problem);

/// <param name="File">A model file's bytes, Base64.</param>
/// <param name="Metrics">What whoever trained it has measured, by name.</param>
public sealed record ModelUpload(byte[] File, string? Reason, IReadOnlyDictionary<string, double>? Metrics);

public sealed record ReasonRequest(string? Reason);

/// <param name="InForce">Differs from the champion while a <c>model_file</c> is configured or the champion cannot be taken.</param>
public sealed record ModelChange(string Champion, string? Shadow, string InForce, ModelSource Source, string? Problem);
