using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AnomalyDetect.Core;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AnomalyDetect.Service.Playbooks;

/// <summary>What is wrong with a YAML file, and where.</summary>
/// <param name="line">From 1.</param>
internal sealed class YamlFault(long line, string message) : Exception(message)
{
    public long Line => line;
}

/// <summary>
/// One YAML 1.2 document as plain data (mappings, lists, strings, numbers, true, false, null), with the line of every field. Anchors, aliases, merge keys and tags are refused: they
/// are how a small file grows without bound, or means something else than it shows.
/// </summary>
internal sealed class YamlDocument
{
    public const int MaxBytes = 1 << 20;
    public const int MaxDepth = 12;

    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private readonly IParser _parser;

    private YamlDocument(IParser parser) => _parser = parser;

    public JsonNode? Root { get; private set; }

    /// <exception cref="YamlFault">It is not YAML, or holds what is not accepted.</exception>
    public static YamlDocument Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes) throw new YamlFault(1, $"the file is larger than {MaxBytes} bytes");
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8);
            using var reader = new StringReader(text);
            var document = new YamlDocument(new Parser(reader));
            document.Read();
            return document;
        }
        catch (YamlException e)
        {
            throw new YamlFault(e.Start.Line, $"this is not YAML: {Printable.Of(e.Message)}");
        }
        catch (DecoderFallbackException)
        {
            throw new YamlFault(1, "the file is not UTF-8; save it as UTF-8");
        }
    }

    /// <summary>Of the field at this path, or of the nearest around it that is there.</summary>
    public long LineOf(string path)
    {
        for (var at = path; ;)
        {
            if (_lines.TryGetValue(at, out var line)) return line;
            var cut = at.LastIndexOfAny(['.', '[']);
            if (cut < 0) return _lines.GetValueOrDefault("", 1);
            at = at[..cut];
        }
    }

    private void Read()
    {
        Next<StreamStart>();
        if (_parser.Current is StreamEnd) throw new YamlFault(1, "the file is empty");
        Next<DocumentStart>();
        Root = Node("", 0);
        Next<DocumentEnd>();
        if (_parser.Current is DocumentStart another) throw new YamlFault(another.Start.Line, "there is a second document; keep one");
    }

    private JsonNode? Node(string path, int depth)
    {
        var current = _parser.Current!;
        var line = current.Start.Line;
        _lines.TryAdd(path, line);
        if (depth > MaxDepth) throw new YamlFault(line, $"it is nested deeper than {MaxDepth} levels");
        if (current is AnchorAlias) throw new YamlFault(line, "an alias (*) is not accepted; write out what it stands for");
        if (current is NodeEvent { Anchor.IsEmpty: false }) throw new YamlFault(line, "an anchor (&) is not accepted; write out what it is used for");
        if (current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } }) throw new YamlFault(line, "a tag (!) is not accepted; write plain values");
        return current switch
        {
            MappingStart => Mapping(path, depth),
            SequenceStart => Sequence(path, depth),
            _ => Value(Next<Scalar>()),
        };
    }

    private JsonObject Mapping(string path, int depth)
    {
        Next<MappingStart>();
        var mapping = new JsonObject();
        while (_parser.Current is not MappingEnd)
        {
            if (_parser.Current is not Scalar { Anchor.IsEmpty: true, Tag: { IsEmpty: true } or { IsNonSpecific: true } } key)
                throw new YamlFault(_parser.Current!.Start.Line, "a field's name must be plain text");
            _parser.MoveNext();
            if (key.Value == "<<") throw new YamlFault(key.Start.Line, "a merge key (<<) is not accepted; write out what it stands for");
            var name = Printable.Of(key.Value);
            if (mapping.ContainsKey(key.Value)) throw new YamlFault(key.Start.Line, $"{name} is there twice");
            var at = path.Length == 0 ? name : $"{path}.{name}";
            _lines[at] = key.Start.Line;
            mapping.Add(key.Value, Node(at, depth + 1));
        }

        Next<MappingEnd>();
        return mapping;
    }

    private JsonArray Sequence(string path, int depth)
    {
        Next<SequenceStart>();
        var list = new JsonArray();
        while (_parser.Current is not SequenceEnd) list.Add(Node($"{path}[{list.Count}]", depth + 1));
        Next<SequenceEnd>();
        return list;
    }

    /// <summary>By YAML 1.2's core schema; what is quoted is text.</summary>
    private static JsonNode? Value(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain) return JsonValue.Create(scalar.Value);
        switch (scalar.Value)
        {
            case "" or "~" or "null" or "Null" or "NULL": return null;
            case "true" or "True" or "TRUE": return JsonValue.Create(true);
            case "false" or "False" or "FALSE": return JsonValue.Create(false);
        }

        if (long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        return double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && scalar.Value.Any(char.IsAsciiDigit)
            ? JsonValue.Create(number)
            : JsonValue.Create(scalar.Value);
    }

    private T Next<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null && !_parser.MoveNext()) throw new YamlFault(1, "the file is empty");
        if (_parser.Current is not T current) throw new YamlFault(_parser.Current!.Start.Line, "this is no plain mapping, list or value");
        _parser.MoveNext();
        return current;
    }
}
