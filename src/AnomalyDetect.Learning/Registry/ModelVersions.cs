using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning.Triage;

namespace AnomalyDetect.Learning.Registry;

/// <summary>
/// The folders of registered models, one a version, named by its id. Nothing is taken from one before the id, the names in its card and every hash were
/// checked; what was hashed is what is read, not the file once more.
/// </summary>
internal sealed class ModelVersions(string directory, IRegistryDisk disk)
{
    public const string ModelName = "model.json";
    public const string CardName = "card.json";
    private const long MostCardBytes = 1 << 20;
    private const int IdLength = 16;

    /// <summary>16 lower-case hex digits: so an id can be a folder's name, and nothing else can pass as one.</summary>
    public static bool IsId(string? text) => text is { Length: IdLength } && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    public IEnumerable<string> Ids() =>
        Directory.Exists(directory) ? Directory.GetDirectories(directory).Select(d => Path.GetFileName(d)).Where(IsId).Order(StringComparer.Ordinal) : [];

    public bool Exists(string id) => IsId(id) && Directory.Exists(Folder(id));

    /// <exception cref="ModelException">There is none, or its card cannot be used.</exception>
    public ModelCard Card(string id)
    {
        if (!Exists(id)) throw new ModelException($"There is no model {Printable.Of(id, 40)} in {directory}; 'anomalydetect models list' shows those there are.");
        var path = Path.Combine(Folder(id), CardName);
        try
        {
            if (new DirectoryInfo(Folder(id)).LinkTarget is not null) throw new ModelException($"{Folder(id)} is a link and not the folder of a model; remove it.");
            using var json = JsonDocument.Parse(Bounded(path, MostCardBytes));
            if (json.RootElement.GetProperty("format").GetInt32() is var format and > ModelCard.CurrentFormat)
                throw new ModelException($"The card of model {id} is of format {format}, and this program reads up to {ModelCard.CurrentFormat}: run the newer program.");
            var card = json.RootElement.Deserialize(RegistryJson.Default.ModelCard)!;
            if (card.Id != id) throw new ModelException($"The card in {Folder(id)} is of model {Printable.Of(card.Id, 40)}: the folder was renamed or mixed up.");
            if (card.Files.Any(f => f is null || !IsPlain(f.Name))) throw new ModelException($"The card of model {id} names a file by what is no plain name; restore it from a backup.");
            return card.Files.Any(f => f.Name == ModelName) ? card : throw new ModelException($"The card of model {id} names no {ModelName}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ModelException($"The card of model {id} is cut short or is none ({e.Message}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The card of model {id} cannot be read ({e.Message}).", e);
        }
    }

    /// <exception cref="ModelException">It is not there, was changed, or was made for another version or other features.</exception>
    public BehaviourModel Load(string id)
    {
        BehaviourModel? model = null;
        foreach (var file in Card(id).Files)
        {
            // It only ranks what people see: detection need not go back to an older model because of it.
            if (file.Name == TriageFile.FileName) continue;
            var bytes = Checked(id, file);
            if (file.Name == ModelName) model = ModelFile.Parse(bytes, Path.Combine(Folder(id), file.Name));
        }

        return model!.Id() == id ? model : throw new ModelException($"The model in {Folder(id)} is {model.Id()}: the folder was renamed or mixed up.");
    }

    /// <summary>A file of a version beside the model, checked; null when it has none of that name.</summary>
    /// <exception cref="ModelException">It was changed or cannot be read.</exception>
    public byte[]? Attachment(string id, string name) => Card(id).Files.FirstOrDefault(f => f.Name == name) is { } file ? Checked(id, file) : null;

    public void Remove(string id) => Directory.Delete(Folder(id), recursive: true);

    /// <summary>Writes a version where it is not found yet.</summary>
    /// <param name="files">Those of the card.</param>
    public void Stage(ModelCard card, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        Discard(card.Id);
        Directory.CreateDirectory(Part(card.Id));
        foreach (var file in card.Files) disk.Write(Path.Combine(Part(card.Id), file.Name), files[file.Name].Span);
        disk.Write(Path.Combine(Part(card.Id), CardName), JsonSerializer.SerializeToUtf8Bytes(card, RegistryJson.Default.ModelCard));
    }

    public void Commit(string id) => disk.Rename(Part(id), Folder(id));

    public void Discard(string id)
    {
        if (Directory.Exists(Part(id))) Directory.Delete(Part(id), recursive: true);
    }

    private byte[] Checked(string id, CardFile file)
    {
        byte[] bytes;
        try
        {
            bytes = Bounded(Path.Combine(Folder(id), file.Name), ModelFile.MostBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{file.Name} of model {id} cannot be read ({e.Message}); restore it from a backup.", e);
        }

        return Sha256(bytes) == file.Sha256
            ? bytes
            : throw new ModelException($"{file.Name} of model {id} was changed after it was registered: its SHA-256 is not its card's; restore it from a backup.");
    }

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= 64 && name[0] != '.' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    private static byte[] Bounded(string path, long most)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null) throw new ModelException($"{path} is a link and not a file of a model; remove it.");
        return file is { Exists: true } && file.Length > most ? throw new ModelException($"{path} is larger than {most >> 20} MiB, and so is no file of a model.") : File.ReadAllBytes(path);
    }

    private string Folder(string id) => Path.Combine(directory, id);

    private string Part(string id) => Path.Combine(directory, $".{id}.part");
}
