using System.Text.Json;

namespace AnomalyDetect.Learning.Registry;

/// <summary>
/// <c>manifest.json</c> and its copy. Each is replaced whole; the copy is for the day a disk or a hand damages the other, so that the champion stays the champion
/// also over a restart.
/// </summary>
internal sealed class ManifestFile(string directory, IRegistryDisk disk)
{
    private const long MostBytes = 1 << 20;
    private const string Part = ".part";
    private readonly string _path = Path.Combine(directory, "manifest.json");
    private readonly string _copy = Path.Combine(directory, "manifest.copy.json");

    /// <param name="damage">Why the copy was read in its place; null when all is well.</param>
    /// <exception cref="ModelException">Neither can be read.</exception>
    public RegistryManifest Read(out string? damage)
    {
        damage = null;
        if (!File.Exists(_path) && !File.Exists(_copy)) return RegistryManifest.First; // nothing was ever promoted
        try
        {
            // Killed between the two renames of the first change of all: it is in force, by its copy alone. Nothing is damaged.
            return Read(File.Exists(_path) || !File.Exists(_path + Part) ? _path : _copy);
        }
        catch (ModelException e)
        {
            try
            {
                var manifest = Read(_copy);
                damage = $"{e.Message} Its copy, which names {manifest.Champion} as champion, is used until the next promotion or rollback writes both anew.";
                return manifest;
            }
            catch (ModelException)
            {
                throw new ModelException($"{e.Message} There is no copy to use either: restore {_path} from a backup, or remove both to begin with the built-in model.", e);
            }
        }
    }

    /// <summary>What stands there now, to tell whether it has changed.</summary>
    public string Fingerprint()
    {
        try
        {
            return File.Exists(_path) ? Convert.ToBase64String(Bounded(_path)) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelException)
        {
            return e.Message;
        }
    }

    /// <summary>Puts both where there is room for them, under other names.</summary>
    public void Stage(RegistryManifest manifest)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, RegistryJson.Default.RegistryManifest);
        disk.Write(_copy + Part, bytes);
        disk.Write(_path + Part, bytes);
    }

    /// <summary>From here on what was staged is in force.</summary>
    public void Commit()
    {
        disk.Rename(_copy + Part, _copy);
        disk.Rename(_path + Part, _path);
    }

    public void Discard()
    {
        File.Delete(_path + Part);
        File.Delete(_copy + Part);
    }

    private static RegistryManifest Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(Bounded(path));
            // The format first: of a newer one nothing else may be readable.
            var format = json.RootElement.TryGetProperty("format", out var written) && written.TryGetInt32(out var number) ? number : 0;
            if (format > RegistryManifest.CurrentFormat)
                throw new ModelException($"The manifest {path} is of format {format}, and this program reads up to {RegistryManifest.CurrentFormat}: run the newer program.");
            var manifest = json.RootElement.Deserialize(RegistryJson.Default.RegistryManifest) ?? throw new JsonException("it holds nothing");
            return manifest.Validate() is { } problem ? throw new ModelException($"The manifest {path} cannot be used: {problem}.") : manifest;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelException($"The manifest {path} is cut short or is none ({e.Message}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The manifest {path} cannot be read ({e.Message}).", e);
        }
    }

    private static byte[] Bounded(string path) =>
        new FileInfo(path) is { Exists: true, Length: > MostBytes } ? throw new ModelException($"The manifest {path} is larger than {MostBytes >> 10} KiB, and so is none.") : File.ReadAllBytes(path);
}
