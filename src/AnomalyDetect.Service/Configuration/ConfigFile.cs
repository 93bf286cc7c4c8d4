using System.Text;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Playbooks;

namespace AnomalyDetect.Service.Configuration;

/// <summary>Reads and checks the configuration file (JSON; comments and trailing commas are welcome).</summary>
public static class ConfigFile
{
    private const int MaxBytes = 8 << 20;
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <param name="path">Null: the defaults alone.</param>
    /// <param name="forService">False where nothing is served or sent: secrets and certificates then may be missing, and are not in the answer.</param>
    /// <param name="needsModel">False where nothing is judged: a model that does not fit then stands in nobody's way.</param>
    /// <param name="needsPlaybook">False where there may be another to fall back to: <see cref="Settings.PlaybookProblem"/> then says why the configured one cannot be used.</param>
    /// <exception cref="UserException">The file cannot be read.</exception>
    /// <exception cref="ConfigException">It is wrong; names every problem.</exception>
    public static Settings Load(string? path, Func<ServiceOptions, ServiceOptions>? adjust = null, bool forService = true, bool needsModel = true, bool needsPlaybook = true)
    {
        var binder = new ConfigBinder();
        var options = new ServiceOptions();
        if (path is not null)
        {
            using var json = Parse(path, binder);
            if (json is not null) options = binder.Bind(json.RootElement, options, "");
        }

        if (adjust is not null) options = adjust(options);
        var playbook = Playbook.Default;
        string? problem = null;
        if (options.Response.Playbook is { Length: > 0 } file)
        {
            options = options with { Response = options.Response with { Playbook = Beside(path, file) } };
            playbook = needsPlaybook ? ReadPlaybook(options.Response.Playbook!, binder) ?? playbook : TryReadPlaybook(options.Response.Playbook!, out problem) ?? playbook;
        }

        var settings = SettingsBuilder.Build(options, playbook, needsModel ? ReadModel(path, options, binder) : null, binder, forService);
        return binder.Problems.Count == 0 ? settings with { PlaybookProblem = problem } : throw new ConfigException(path, binder.Problems);
    }

    private static Playbook? ReadPlaybook(string path, ConfigBinder binder)
    {
        try
        {
            return PlaybookFile.Read(path).Playbook;
        }
        catch (ConfigException e)
        {
            foreach (var problem in e.Problems) binder.Problem("response.playbook", $"{Printable.Of(path)}: {problem}");
            return null;
        }
    }

    private static Playbook? TryReadPlaybook(string path, out string? problem)
    {
        try
        {
            problem = null;
            return PlaybookFile.Read(path).Playbook;
        }
        catch (Exception e) when (e is ConfigException or UserException)
        {
            problem = PlaybookFile.Sentence(e);
            return null;
        }
    }

    private static BehaviourModel? ReadModel(string? path, ServiceOptions options, ConfigBinder binder)
    {
        try
        {
            return options.ModelFile.Length == 0 ? ModelFile.ReadDefault() : ModelFile.Read(Beside(path, options.ModelFile));
        }
        catch (ModelException e)
        {
            binder.Problem("model_file", Printable.Of(e.Message));
            return null;
        }
    }

    private static string Beside(string? config, string file) =>
        Path.IsPathRooted(file) || config is null ? file : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(config))!, file);

    private static JsonDocument? Parse(string path, ConfigBinder binder)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw new UserException($"The file {Printable.Of(path)} is too large for a configuration; name another.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"The file {Printable.Of(path)} cannot be read; check that it exists and that this user may read it.");
        }

        try
        {
            var text = bytes.AsMemory(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException e)
        {
            binder.Problem("", $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON; look for a missing quote, comma or brace just before");
            return null;
        }
    }
}
