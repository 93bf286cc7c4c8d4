using System.Reflection;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Learning.Registry;

/// <summary>
/// Trained models in a directory of their own: versions that never change, and a manifest that says which one is the champion. Thread-safe; one process at a
/// time changes it.
/// </summary>
/// <remarks>
/// A change is first written whole where nobody looks (a full disk ends it there), then recorded in the ledger, then put in force by a rename. So what is in
/// force MUST stand in the ledger; a crash between the two leaves a call on record that took no effect, and may be repeated.
/// </remarks>
public sealed partial class ModelRegistry
{
    private const int MostMetrics = 1000;
    private const int LongestMetric = 100;
    private const int MostAttachments = 8;

    private readonly Lock _changing = new();
    private readonly string _directory;
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly ManifestFile _manifest;
    private readonly ModelVersions _versions;
    private readonly RefreshedTriage _refreshed;

    /// <param name="directory">Made with the first version.</param>
    public ModelRegistry(string directory, ILedger ledger, TimeProvider time)
        : this(directory, ledger, time, new RegistryDisk())
    {
    }

    internal ModelRegistry(string directory, ILedger ledger, TimeProvider time, IRegistryDisk disk)
    {
        (_directory, _ledger, _time) = (Path.GetFullPath(directory), ledger, time);
        (_manifest, _versions, _refreshed) = (new ManifestFile(_directory, disk), new ModelVersions(_directory, disk), new RefreshedTriage(_directory, disk));
    }

    /// <summary>Of all versions.</summary>
    public IReadOnlyList<string> Ids() => [.. _versions.Ids()];

    /// <exception cref="ModelException">There is none, or its card cannot be used.</exception>
    public ModelCard Card(string id) => _versions.Card(id);

    /// <param name="id">Or <see cref="RegistryManifest.BuiltIn"/>.</param>
    /// <exception cref="ModelException">It is not there, was changed, or was made for another version or other features.</exception>
    public BehaviourModel Load(string id) => id == RegistryManifest.BuiltIn ? ModelFile.ReadDefault() : _versions.Load(id);

    /// <summary>Null when it cannot be used; <paramref name="problem"/> then says why.</summary>
    public BehaviourModel? TryLoad(string id, out string? problem)
    {
        try
        {
            problem = null;
            return Load(id);
        }
        catch (ModelException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>The manifest's shadow; null without one, or where it cannot be used.</summary>
    /// <param name="problem">Set to why it cannot, where nothing else is wrong.</param>
    public BehaviourModel? ShadowOf(RegistryManifest manifest, ref string? problem)
    {
        if (manifest.Shadow is null) return null;
        var shadow = TryLoad(manifest.Shadow, out var why);
        if (shadow is null) problem ??= $"The shadow cannot be used: {why}";
        return shadow;
    }

    /// <param name="damage">Why the manifest's copy was read in its place; null when all is well.</param>
    /// <exception cref="ModelException">Neither can be read.</exception>
    public RegistryManifest Manifest(out string? damage) => _manifest.Read(out damage);

    /// <summary>Two that are equal mean that the manifest has not changed.</summary>
    public string Fingerprint() => _manifest.Fingerprint();

    /// <summary>Adds a version. One that is there already is left as it is, and nothing is recorded.</summary>
    /// <param name="file">The bytes of a model file.</param>
    /// <param name="attachments">Further files of the version, such as a profile of what it was trained on; hashed like the model.</param>
    /// <param name="isNew">False when it was there.</param>
    /// <exception cref="ModelException">It is no model this program can use, or cannot be written; nothing was changed.</exception>
    public ModelCard Register(ReadOnlyMemory<byte> file, IReadOnlyDictionary<string, double> metrics, string actor, string reason, out bool isNew,
        IReadOnlyDictionary<string, byte[]>? attachments = null)
    {
        var model = ModelFile.Parse(file, "given");
        var id = model.Id();
        if (metrics.Count > MostMetrics || metrics.Any(m => m.Key.Length is 0 or > LongestMetric || !double.IsFinite(m.Value)))
            throw new ModelException($"Metrics must be at most {MostMetrics} finite numbers, with names of at most {LongestMetric} characters.");
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [ModelVersions.ModelName] = file };
        foreach (var (name, bytes) in attachments ?? new Dictionary<string, byte[]>())
            if (!ModelVersions.IsPlain(name) || name == ModelVersions.CardName || bytes.Length > ModelFile.MostBytes || files.Count > MostAttachments || !files.TryAdd(name, bytes))
                throw new ModelException($"Attachments must be at most {MostAttachments}, with plain names of their own, and of {ModelFile.MostBytes >> 20} MiB at most.");
        using var change = Begin();
        isNew = !_versions.Exists(id);
        if (!isNew)
        {
            return TryLoad(id, out var damage) is null
                ? throw new ModelException($"{damage} Or move the folder {Path.Combine(_directory, id)} away and add the model again.")
                : Card(id);
        }

        var champion = Manifest(out _).Champion;
        var card = new ModelCard
        {
            Format = ModelCard.CurrentFormat,
            Id = id,
            Files = [.. files.Select(f => new CardFile(f.Key, f.Value.Length, ModelVersions.Sha256(f.Value.Span)))],
            ModelVersion = model.Version,
            FeatureSchema = model.FeatureSchema,
            Training = model.Training,
            Libraries = [model.Training.Library, $"AnomalyDetect {OwnVersion}"],
            Metrics = metrics,
            Parent = champion == RegistryManifest.BuiltIn ? null : champion,
            RegisteredAt = _time.GetUtcNow().UtcDateTime,
            RegisteredBy = actor,
            Reason = reason,
        };
        change.Make(
            () => _versions.Stage(card, files),
            () => _ledger.RecordOperator(actor, "model_register", id, $"{reason} (SHA-256 {card.Files[0].Sha256})"),
            () => _versions.Commit(id),
            () => _versions.Discard(id));
        return card;
    }

    /// <summary>Makes a version the champion.</summary>
    /// <param name="id">Or <see cref="RegistryManifest.BuiltIn"/>.</param>
    /// <exception cref="ModelException">It cannot be used, is the champion already, or cannot be written; nothing was changed.</exception>
    public RegistryManifest Promote(string id, string actor, string reason)
    {
        using var change = Begin();
        var manifest = Manifest(out var damage);
        Load(id);
        var isChampion = manifest.Champion == id;
        if (isChampion && damage is null) throw new ModelException($"Model {id} is the champion already.");
        return Put(change, isChampion ? manifest : manifest.Crown(id), id, manifest.Champion, "model_promote", actor, reason);
    }

    /// <summary>Has a version score beside the champion, or, with null, none.</summary>
    /// <exception cref="ModelException">It cannot be used, is the champion or the shadow already, or cannot be written; nothing was changed.</exception>
    public RegistryManifest Shadow(string? id, string actor, string reason)
    {
        using var change = Begin();
        var manifest = Manifest(out _);
        if (id is not null) Load(id);
        if (manifest.Champion == id) throw new ModelException($"Model {id} is the champion: beside itself it would show nothing.");
        if (manifest.Shadow == id) throw new ModelException(id is null ? "There is no shadow to take away." : $"Model {id} is the shadow already.");
        return Put(change, manifest with { Shadow = id }, id ?? "none", manifest.Shadow ?? "none", "model_shadow", actor, reason);
    }

    /// <summary>Makes the champion before this one the champion again.</summary>
    /// <exception cref="ModelException">There was none before, it cannot be used, or cannot be written; nothing was changed.</exception>
    public RegistryManifest RollBack(string actor, string reason)
    {
        using var change = Begin();
        var manifest = Manifest(out _);
        if (manifest.Previous.Count == 0) throw new ModelException("There is nothing to roll back to: no model was promoted before.");
        var before = manifest.Previous[0];
        if (TryLoad(before, out var problem) is null) throw new ModelException($"The champion before, {before}, cannot be used: {problem} Promote another.");
        return Put(change, manifest.RollBack(), before, manifest.Champion, "model_rollback", actor, reason);
    }

    /// <summary>
    /// Removes versions but for the <paramref name="keep"/> registered last, the champion and its parent, the shadow, and the champion a rollback goes back to. Rollbacks
    /// beyond that one skip what is gone.
    /// </summary>
    /// <param name="keep">0 to 10,000.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="ModelException">The registry cannot be written; or the manifest, which says what must stay, cannot be read.</exception>
    public IReadOnlyList<string> Prune(int keep, string actor, string reason)
    {
        using var change = Begin();
        var manifest = Manifest(out var damage);
        if (damage is not null) throw new ModelException($"{damage} Nothing is removed before.");
        var cards = _versions.Ids().Select(id => (Id: id, Card: TryCard(id))).ToList();
        var stays = new HashSet<string?>(StringComparer.Ordinal)
        {
            manifest.Champion, manifest.Shadow, manifest.Previous.FirstOrDefault(p => p != RegistryManifest.BuiltIn), cards.Find(c => c.Id == manifest.Champion).Card?.Parent,
        };
        // One whose card cannot be read is for a person to look at.
        stays.UnionWith(cards.Where(c => c.Card is null).Select(c => c.Id));
        stays.UnionWith(cards.Where(c => c.Card is not null).OrderByDescending(c => c.Card!.RegisteredAt).Take(keep).Select(c => c.Id));
        List<string> goes = [.. cards.Select(c => c.Id).Where(id => !stays.Contains(id))];
        if (goes.Count == 0) return goes;
        Put(change, manifest with { Previous = [.. manifest.Previous.Where(p => !goes.Contains(p))] }, string.Join(' ', goes.Take(10)), $"{goes.Count} versions", "model_prune", actor, reason);
        foreach (var id in goes)
        {
            try
            {
                _versions.Remove(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Model {id} cannot be removed ({e.Message}); remove its folder by hand, nothing uses it.", e);
            }
        }

        return goes;
    }

    /// <summary>A file of a version beside its model, checked against its card; null when it has none of that name.</summary>
    /// <exception cref="ModelException">There is no such version, or the file was changed or cannot be read.</exception>
    public byte[]? Attachment(string id, string name) => _versions.Attachment(id, name);

    private ModelCard? TryCard(string id)
    {
        try
        {
            return Card(id);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private RegistryManifest Put(RegistryChange change, RegistryManifest next, string subject, string before, string action, string actor, string reason)
    {
        change.Make(
            () => _manifest.Stage(next), () => _ledger.RecordOperator(actor, action, subject, $"{reason} (in place of {before})"), _manifest.Commit, _manifest.Discard);
        return next;
    }

    private RegistryChange Begin() => RegistryChange.Begin(_changing, _directory);

    private static string OwnVersion =>
        typeof(ModelRegistry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "of unknown version";
}
