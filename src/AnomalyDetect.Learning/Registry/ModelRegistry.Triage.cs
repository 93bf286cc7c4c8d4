using AnomalyDetect.Core.Triage;
using AnomalyDetect.Learning.Triage;

namespace AnomalyDetect.Learning.Registry;

/// <summary>What ranks alerts: beside each version, and beside a champion that has stayed since.</summary>
public sealed partial class ModelRegistry
{
    /// <summary>
    /// What ranks alerts beside a version, of the champion's what it was last learned anew; null without it, or where it cannot be used, which leaves the version itself in use.
    /// </summary>
    /// <param name="id">Or <see cref="RegistryManifest.BuiltIn"/>.</param>
    /// <param name="problem">Set to why it cannot, where nothing else is wrong.</param>
    public TriageModel? TriageOf(string id, ref string? problem)
    {
        try
        {
            return TriageFileOf(id, Manifest(out _)) is { } file ? TriageFile.Parse(file) : null;
        }
        catch (ModelException e)
        {
            problem ??= $"Triage is off, for what stands beside model {id} cannot be used: {e.Message}";
            return null;
        }
    }

    private byte[]? TriageFileOf(string id, RegistryManifest manifest) =>
        manifest.Triage is { } refreshed && id == manifest.Champion ? _refreshed.Read(refreshed)
        : id == RegistryManifest.BuiltIn ? null
        : Attachment(id, TriageFile.FileName);

    /// <summary>Has the champion's alerts ranked by trees learned since it came. Nothing is recorded where they are those that rank already.</summary>
    /// <param name="file">As <see cref="TriageFile.ToBytes"/> gives it.</param>
    /// <exception cref="ModelException">They are none this program can use, or cannot be written; nothing was changed.</exception>
    public RegistryManifest RefreshTriage(ReadOnlyMemory<byte> file, string actor, string reason, out bool isNew)
    {
        TriageFile.Parse(file.Span);
        var id = RefreshedTriage.IdOf(file.Span);
        using var change = Begin();
        var manifest = Manifest(out _);
        isNew = !Ranks(file.Span, manifest);
        if (!isNew) return manifest;
        var next = manifest with { Triage = id };
        change.Make(
            () =>
            {
                _refreshed.Stage(id, file.Span);
                _manifest.Stage(next);
            },
            () => _ledger.RecordOperator(actor, "triage_refresh", id, $"{reason} (beside {manifest.Champion})"),
            () =>
            {
                _refreshed.Commit(id); // first, for from the next line on it is looked for
                _manifest.Commit();
            },
            () =>
            {
                _manifest.Discard();
                _refreshed.Discard(id);
            });
        _refreshed.RemoveOthersThan(id);
        return next;
    }

    private bool Ranks(ReadOnlySpan<byte> file, RegistryManifest manifest)
    {
        try
        {
            return TriageFileOf(manifest.Champion, manifest) is { } now && file.SequenceEqual(now);
        }
        catch (ModelException)
        {
            return false; // damaged: to be replaced
        }
    }
}
