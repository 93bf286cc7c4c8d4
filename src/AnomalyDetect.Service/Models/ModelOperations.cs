using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.Models;

/// <summary>What may be done with the registry, by the API and by the command line alike.</summary>
/// <param name="inForce">The model in force, or that would be at the next start; asked after each change.</param>
public sealed class ModelOperations(ModelRegistry registry, Func<ModelInForce> inForce)
{
    /// <param name="checks">Reads and checks every file of every version.</param>
    public ModelList List(bool checks)
    {
        var problems = new List<string>();
        var manifest = RegistryManifest.First;
        try
        {
            manifest = registry.Manifest(out var damage);
            if (damage is not null) problems.Add(damage);
        }
        catch (Learning.ModelException e)
        {
            problems.Add(e.Message);
        }

        var versions = registry.Ids().Select(id => Row(id, manifest, checks)).ToList();
        problems.AddRange(versions.Where(v => v.Problem is not null).Select(v => v.Problem!));
        foreach (var (role, id) in new[] { ("champion", manifest.Champion), ("shadow", manifest.Shadow) })
            if (id is not (null or RegistryManifest.BuiltIn) && versions.TrueForAll(v => v.Id != id)) problems.Add($"The {role} {id} is not there.");
        string? triage = null;
        if (checks && manifest.Champion == RegistryManifest.BuiltIn) registry.TriageOf(RegistryManifest.BuiltIn, ref triage);
        if (triage is not null) problems.Add(triage);
        var now = inForce();
        return new ModelList(manifest.Champion, manifest.Shadow, now.Id, now.Source, problems, versions);
    }

    /// <exception cref="Learning.ModelException">There is none.</exception>
    public ModelRow Find(string id)
    {
        _ = registry.Card(id);
        return Row(id, registry.Manifest(out _), checks: true);
    }

    /// <exception cref="Learning.ModelException">It is none this program can use, or cannot be written.</exception>
    public ModelRow Add(ModelUpload upload, string actor, out bool isNew)
    {
        var card = registry.Register(upload.File, upload.Metrics ?? new Dictionary<string, double>(), actor, upload.Reason!, out isNew, upload.Attachments);
        return Row(card.Id, registry.Manifest(out _), checks: false);
    }

    /// <exception cref="Learning.ModelException">It cannot be used, or the change cannot be written; what was in force stays.</exception>
    public ModelChange Promote(string id, string actor, string reason) => Changed(registry.Promote(id, actor, reason));

    /// <exception cref="Learning.ModelException">There is nothing to go back to, or the change cannot be written; what was in force stays.</exception>
    public ModelChange RollBack(string actor, string reason) => Changed(registry.RollBack(actor, reason));

    /// <param name="id">Null: none any more.</param>
    /// <exception cref="Learning.ModelException">It cannot be used, or the change cannot be written; what was in force stays.</exception>
    public ModelChange Shadow(string? id, string actor, string reason) => Changed(registry.Shadow(id, actor, reason));

    /// <exception cref="Learning.ModelException">They are none this program can use, or cannot be written; what ranked goes on.</exception>
    public TriageChange RefreshTriage(TriageUpload upload, string actor)
    {
        var champion = registry.RefreshTriage(upload.File, actor, upload.Reason!, out var isNew).Champion;
        inForce(); // taken at once
        return new TriageChange(champion, isNew);
    }

    /// <exception cref="Learning.ModelException">How many to keep is out of range, or they cannot be removed.</exception>
    public PruneAnswer Prune(PruneRequest request, string actor) =>
        request.Keep is >= 0 and <= PruneRequest.Most
            ? new PruneAnswer(registry.Prune(request.Keep.Value, actor, request.Reason!))
            : throw new Learning.ModelException($"Say in \"keep\" how many of the newest models stay, 0 to {PruneRequest.Most:N0}.");

    private ModelChange Changed(RegistryManifest manifest)
    {
        var now = inForce();
        return new ModelChange(manifest.Champion, manifest.Shadow, now.Id, now.Source, now.Problem);
    }

    private ModelRow Row(string id, RegistryManifest manifest, bool checks)
    {
        string? problem = null;
        ModelCard? card = null;
        SeriesSettings? series = null;
        try
        {
            card = registry.Card(id);
            if (checks && registry.TryLoad(id, out problem) is { } model)
            {
                series = model.Series;
                registry.TriageOf(id, ref problem);
            }
        }
        catch (Learning.ModelException e)
        {
            problem = e.Message;
        }

        return new ModelRow(id, manifest.Champion == id, manifest.Shadow == id, card, problem, series);
    }
}
