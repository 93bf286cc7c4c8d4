namespace AnomalyDetect.Learning.Registry;

/// <summary>
/// Trees learned anew beside a champion that stays: versions never change, so they stand in a folder of their own, named by the first 16 hex digits of their SHA-256, and the manifest
/// names those that count. One is enough; what was before goes.
/// </summary>
internal sealed class RefreshedTriage(string directory, IRegistryDisk disk)
{
    private const string Part = ".part";
    private readonly string _folder = Path.Combine(directory, "triage");

    public static string IdOf(ReadOnlySpan<byte> file) => ModelVersions.Sha256(file)[..16];

    /// <exception cref="ModelException">It is not there, was changed or cannot be read.</exception>
    public byte[] Read(string id)
    {
        try
        {
            var path = PathOf(id);
            if (new FileInfo(path) is { Exists: true, Length: > ModelFile.MostBytes }) throw new ModelException($"{path} is larger than {ModelFile.MostBytes >> 20} MiB, and so holds no trees.");
            var bytes = File.ReadAllBytes(path);
            return IdOf(bytes) == id ? bytes : throw new ModelException($"{path} was changed after it was written: its SHA-256 is not its name's; train again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The trees {id} of triage cannot be read ({e.Message}); train again.", e);
        }
    }

    /// <summary>Where nobody looks yet.</summary>
    public void Stage(string id, ReadOnlySpan<byte> file)
    {
        Directory.CreateDirectory(_folder);
        disk.Write(PathOf(id) + Part, file);
    }

    public void Commit(string id) => disk.Rename(PathOf(id) + Part, PathOf(id));

    public void Discard(string id)
    {
        if (Directory.Exists(_folder)) File.Delete(PathOf(id) + Part);
    }

    public void RemoveOthersThan(string id)
    {
        try
        {
            foreach (var path in Directory.GetFiles(_folder).Where(p => p != PathOf(id))) File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // nobody looks at them any more; the next refresh tries again
        }
    }

    private string PathOf(string id) => Path.Combine(_folder, id + ".json");
}
