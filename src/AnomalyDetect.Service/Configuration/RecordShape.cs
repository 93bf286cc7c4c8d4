using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AnomalyDetect.Service.Configuration;

/// <summary>What of a record can be set from configuration: its settable properties by snake_case name, and which must be given.</summary>
internal sealed class RecordShape
{
    private readonly Type _type;
    private readonly ConstructorInfo? _primary;

    private RecordShape(Type type)
    {
        _type = type;
        Members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetMethod is { IsPublic: true })
            .ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), StringComparer.Ordinal);
        if (type.GetConstructor(Type.EmptyTypes) is null)
            _primary = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        Required = _primary is null
            ? [.. Members.Where(m => m.Value.IsDefined(typeof(RequiredMemberAttribute))).Select(m => m.Key)]
            : [.. _primary.GetParameters().Where(p => !p.HasDefaultValue).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name!))];
    }

    public IReadOnlyDictionary<string, PropertyInfo> Members { get; }

    public IReadOnlyList<string> Required { get; }

    /// <summary>May be null, and so may be written as null.</summary>
    public static bool TakesNull(PropertyInfo property) => new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    public static RecordShape Of(Type type) => new(type);

    /// <summary>A copy of <paramref name="current"/>, or a new record with its defaults.</summary>
    public object Start(object? current)
    {
        if (current is not null) return _type.GetMethod("<Clone>$")!.Invoke(current, null)!;
        if (_primary is null) return Activator.CreateInstance(_type)!;
        return _primary.Invoke([.. _primary.GetParameters().Select(p => p.HasDefaultValue ? p.DefaultValue : Blank(p.ParameterType))]);
    }

    /// <summary>The one property of exactly this type, if there is one.</summary>
    public PropertyInfo? Sibling(Type type) => Members.Values.FirstOrDefault(p => p.PropertyType == type && type.IsClass && type != typeof(string));

    public void Set(PropertyInfo property, object target, object? value) => property.SetValue(target, value);

    private static object? Blank(Type type) => type.IsValueType ? RuntimeHelpers.GetUninitializedObject(type) : null;
}
