using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>The options lanes run under, now and before: a replay runs under those its outcomes were made with.</summary>
internal sealed class EngineHistory
{
    private readonly ILaneStore _store;

    public EngineHistory(EngineOptions current, ILaneStore store)
    {
        (Current, Version, _store) = (current, current.Version(), store);
        store.SaveEngine(Version, current.ToJson());
    }

    public EngineOptions Current { get; }

    public string Version { get; }

    /// <exception cref="InvalidOperationException">The store does not know the version: the lane cannot be replayed faithfully.</exception>
    public EngineOptions Of(string version) =>
        version == Version ? Current : EngineOptions.FromJson(_store.LoadEngine(version) ?? throw new InvalidOperationException(
            $"the store has a checkpoint made under engine options {version} but not the options themselves; restore the store from a backup"));

    /// <summary>Options in which the format's own lateness stands where none was given: the one place where this is decided.</summary>
    public static EngineOptions Resolve(EngineOptions options, IEventFormat format) => options.Detection.AllowedLateness is not null
        ? options
        : options with { Detection = options.Detection with { AllowedLateness = format.AllowedLateness } };
}
