using System.Collections;
using System.Text.Json;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Configuration;

/// <summary>
/// Reads JSON into options records by snake_case property name, on top of their defaults. It goes on after a problem, so that a person sees all of them at
/// once, each with its path and with what is allowed there.
/// </summary>
/// <remarks>Properties of a type this does not know are a programming error and throw. Used at start only: reflection is welcome here.</remarks>
public sealed class ConfigBinder
{
    private readonly List<(string Path, string Text)> _found = [];

    /// <summary>Each in one line, with its path.</summary>
    public IReadOnlyList<string> Problems => [.. _found.Select(p => p.Path.Length == 0 ? p.Text : $"{p.Path}: {p.Text}")];

    public IReadOnlyList<(string Path, string Text)> Found => _found;

    public T Bind<T>(JsonElement json, T? defaults, string path)
        where T : class => (T?)Read(json, typeof(T), defaults, path) ?? defaults ?? throw new InvalidOperationException($"{path} has no value");

    /// <summary>As <see cref="Bind{T}"/>, but null when it could not be read at all.</summary>
    public T? TryBind<T>(JsonElement json, string path)
        where T : class => (T?)Read(json, typeof(T), null, path);

    public void Problem(string path, string text) => _found.Add((path, text));

    private object? Read(JsonElement json, Type type, object? current, string path)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Read(json, inner, current, path);
        if (ConfigScalars.For(type) is { } scalar) return Scalar(json, scalar, path);
        if (type == typeof(SecretReference)) return Secret(json, path);
        if (type == typeof(SettingValue)) return Setting(json, path);
        if (Generic(type, typeof(IReadOnlyList<>)) is { } item) return List(json, item[0], path);
        if (Generic(type, typeof(IReadOnlyDictionary<,>)) is { } pair) return Map(json, pair[1], null, path);
        return Object(json, type, current, path);
    }

    private static Type[]? Generic(Type type, Type shape) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == shape ? type.GetGenericArguments() : null;

    private object? Scalar(JsonElement json, ConfigScalar scalar, string path)
    {
        if (scalar.Read(json) is { } value) return value;
        Problem(path, $"must be {scalar.Allowed}, not {Shown(json)}");
        return null;
    }

    private object? Secret(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Problem(path, SecretReference.Advice); // never echoed: it may be the secret
            return null;
        }

        if (Object(json, typeof(SecretReference), new SecretReference(), path, echo: false) is not SecretReference secret) return null;
        if (string.IsNullOrEmpty(secret.Env) != string.IsNullOrEmpty(secret.File)) return secret;
        Problem(path, "name exactly one of env and file");
        return null;
    }

    private SettingValue? Setting(JsonElement json, string path)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object: return Secret(json, path) is SecretReference secret ? new SettingValue(null, secret) : null;
            case JsonValueKind.String: return new SettingValue(json.GetString(), null);
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False: return new SettingValue(json.GetRawText(), null);
            default:
                Problem(path, "must be a string, a number, true, false, or a reference to a secret");
                return null;
        }
    }

    private IList? List(JsonElement json, Type item, string path)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            Problem(path, $"must be a list, not {Shown(json)}");
            return null;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        foreach (var (i, element) in json.EnumerateArray().Index())
            if (Read(element, item, null, $"{path}[{i}]") is { } value) list.Add(value);
        return list;
    }

    /// <param name="seed">What each value starts from.</param>
    private IDictionary? Map(JsonElement json, Type valueType, object? seed, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Problem(path, $"must be an object, not {Shown(json)}");
            return null;
        }

        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType), StringComparer.Ordinal)!;
        foreach (var member in json.EnumerateObject())
        {
            var at = Join(path, member.Name);
            if (map.Contains(member.Name)) Problem(at, "is there twice");
            else if (Read(member.Value, valueType, seed, at) is { } value) map.Add(member.Name, value);
        }

        return map;
    }

    private object? Object(JsonElement json, Type type, object? current, string path, bool echo = true)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Problem(path, echo ? $"must be an object, not {Shown(json)}" : "must be an object");
            return null;
        }

        var shape = RecordShape.Of(type);
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            var at = Join(path, member.Name);
            if (!shape.Members.ContainsKey(member.Name)) Problem(at, $"is not known; allowed here: {string.Join(", ", shape.Members.Keys)}");
            else if (!given.TryAdd(member.Name, member.Value)) Problem(at, "is there twice");
        }

        foreach (var name in shape.Required.Where(n => current is null && !given.ContainsKey(n))) Problem(Join(path, name), "is required");

        var made = shape.Start(current);
        // A map of whole settings for single tenants starts from the settings beside it, so maps come last.
        foreach (var (name, property) in shape.Members.OrderBy(m => Generic(m.Value.PropertyType, typeof(IReadOnlyDictionary<,>)) is not null))
        {
            if (!given.TryGetValue(name, out var value)) continue;
            var at = Join(path, name);
            if (value.ValueKind == JsonValueKind.Null && RecordShape.TakesNull(property))
            {
                shape.Set(property, made, null);
                continue;
            }

            var read = Generic(property.PropertyType, typeof(IReadOnlyDictionary<,>)) is { } pair
                ? Map(value, pair[1], shape.Sibling(pair[1])?.GetValue(made), at)
                : Read(value, property.PropertyType, property.GetValue(made), at);
            if (read is not null) shape.Set(property, made, read);
        }

        return made;
    }

    private static string Join(string path, string name) => path.Length == 0 ? Printable.Of(name) : $"{path}.{Printable.Of(name)}";

    private static string Shown(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => Printable.Of(json.GetRawText(), 60),
    };
}
