using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;

namespace AnomalyDetect.Service.Playbooks;

/// <summary>A playbook as a file has it: YAML (or JSON, which is YAML), checked whole. Signals may be named by <see cref="Glob"/>s, such as <c>*_rate</c>.</summary>
/// <param name="ChangedBy">Who the file says has written it, for the ledger; null where it does not say.</param>
public sealed record PlaybookFile(Playbook Playbook, string? ChangedBy)
{
    private const string ChangedByField = "changed_by";
    private const int MaxChangedBy = 100;

    /// <summary>The built-in playbook as text, to start one's own from.</summary>
    public static string DefaultText
    {
        get
        {
            using var reader = new StreamReader(typeof(PlaybookFile).Assembly.GetManifestResourceStream("playbook.default.yaml")!);
            return reader.ReadToEnd();
        }
    }

    /// <exception cref="UserException">The file cannot be read.</exception>
    /// <exception cref="ConfigException">It is wrong; names every problem with its line.</exception>
    public static PlaybookFile Read(string path) => Parse(Bytes(path), path);

    /// <exception cref="ConfigException">It is wrong; names every problem with its line.</exception>
    public static PlaybookFile Parse(ReadOnlySpan<byte> utf8, string? path = null)
    {
        YamlDocument document;
        try
        {
            document = YamlDocument.Parse(utf8);
        }
        catch (YamlFault e)
        {
            throw new ConfigException(path, [$"line {e.Line}: {e.Message}"]);
        }

        var binder = new ConfigBinder();
        string? changedBy = null;
        if (document.Root is JsonObject root)
        {
            changedBy = TakeChangedBy(root, binder);
            ExpandSignals(root, binder);
        }

        var playbook = binder.TryBind<Playbook>(JsonSerializer.SerializeToElement(document.Root, NodeJson.Default.JsonNode), "");
        // What could not be read would be reported again as missing.
        if (playbook is not null && binder.Found.Count == 0)
            foreach (var (at, text) in PlaybookValidator.Validate(playbook)) binder.Problem(at, text);
        if (binder.Found.Count == 0) return new PlaybookFile(playbook!, changedBy);
        throw new ConfigException(path, [.. binder.Found.Select(p => (Line: document.LineOf(p.Path), p.Path, p.Text)).OrderBy(p => p.Line).Select(p => $"line {p.Line}, {(p.Path.Length == 0 ? "" : $"{p.Path}: ")}{p.Text}")]);
    }

    /// <summary>What is wrong with a file that cannot be used, in one line.</summary>
    internal static string Sentence(Exception e) => Printable.Of(e.Message.ReplaceLineEndings("; "), 2000);

    /// <exception cref="UserException">The file cannot be read.</exception>
    internal static byte[] Bytes(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[YamlDocument.MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"The file {Printable.Of(path)} cannot be read; check that it exists and that this user may read it.");
        }
    }

    private static string? TakeChangedBy(JsonObject root, ConfigBinder binder)
    {
        if (!root.TryGetPropertyValue(ChangedByField, out var node)) return null;
        root.Remove(ChangedByField);
        if (node is JsonValue value && value.TryGetValue<string>(out var who) && who.Length is > 0 and <= MaxChangedBy) return who;
        binder.Problem(ChangedByField, $"must be a name of 1 to {MaxChangedBy} characters");
        return null;
    }

    /// <summary>The signals are a closed set, so a pattern stands for those it fits now.</summary>
    private static void ExpandSignals(JsonObject root, ConfigBinder binder)
    {
        if (root["rules"] is not JsonArray rules) return;
        foreach (var (i, node) in rules.Index())
        {
            if (node is not JsonObject rule || rule["signals"] is not JsonArray signals) continue;
            var expanded = new JsonArray();
            foreach (var (j, item) in signals.ToList().Index())
            {
                if (item is not JsonValue value || !value.TryGetValue<string>(out var word) || word.AsSpan().IndexOfAny('*', '?') < 0)
                {
                    expanded.Add(item?.DeepClone());
                    continue;
                }

                var fitting = Glob.IsPattern(word) ? Names.All<Signal>().Where(name => Glob.IsMatch(word, name)).ToList() : [];
                if (fitting.Count == 0) binder.Problem($"rules[{i}].signals[{j}]", $"'{Printable.Of(word)}' fits no signal; they are {string.Join(", ", Names.All<Signal>())}");
                foreach (var name in fitting) expanded.Add(JsonValue.Create(name));
            }

            rule["signals"] = expanded;
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class NodeJson : System.Text.Json.Serialization.JsonSerializerContext;
