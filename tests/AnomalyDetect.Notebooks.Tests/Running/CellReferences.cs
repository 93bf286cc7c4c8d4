using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>
/// What a cell's <c>#r</c> lines mean here: the project's assemblies and the packages are those the tests were built with, so that a change of the source is tried
/// before any Release build of the service.
/// </summary>
internal static partial class CellReferences
{
    private const string Built = "../src/AnomalyDetect.Service/bin/Release/net10.0/";

    /// <summary>What the tests were built with: package and version, with a slash between.</summary>
    private static readonly Lazy<HashSet<string>> Libraries = new(ReadLibraries);

    /// <summary>Package and version of each <c>#r "nuget: …"</c>.</summary>
    public static IEnumerable<(string Package, string Version)> Packages(string source) => Nuget().Matches(source).Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    /// <summary>The source without its <c>#r</c> lines, which leave empty ones, and what they refer to.</summary>
    /// <exception cref="CellException">A line refers to what is not there.</exception>
    public static (string Source, IReadOnlyList<Assembly> Assemblies) Take(CodeCell cell)
    {
        var assemblies = new List<Assembly>();
        var source = Reference().Replace(cell.Source, line =>
        {
            var what = line.Groups[1].Value;
            if (Nuget().Match(line.Value) is { Success: true } package) assemblies.AddRange(OfPackage(cell, package.Groups[1].Value, package.Groups[2].Value));
            else if (what.StartsWith(Built, StringComparison.Ordinal) && Path.GetExtension(what) == ".dll") assemblies.Add(Load(cell, Path.GetFileNameWithoutExtension(what)));
            else throw new CellException(cell, $"#r \"{what}\" is neither a package with its version nor an assembly in {Built}");
            return "";
        });
        return (source, assemblies);
    }

    /// <summary>The assembly of the same name; one without is there for its native libraries, which the tests have beside them.</summary>
    private static IEnumerable<Assembly> OfPackage(CodeCell cell, string name, string version)
    {
        if (!Libraries.Value.Contains($"{name}/{version}")) throw new CellException(cell, $"it refers to {name} {version}, which the service is not built with");
        return File.Exists(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")) ? [Load(cell, name)] : [];
    }

    private static Assembly Load(CodeCell cell, string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            throw new CellException(cell, $"it refers to {name}, which the service is not built with");
        }
    }

    private static HashSet<string> ReadLibraries()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, $"{typeof(CellReferences).Assembly.GetName().Name}.deps.json")));
        return [.. json.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name)];
    }

    [GeneratedRegex("""^#r\s+"([^"]+)"[ \t]*$""", RegexOptions.Multiline)]
    private static partial Regex Reference();

    [GeneratedRegex("""^#r\s+"nuget:\s*([\w.]+)\s*,\s*([\w.-]+)"[ \t]*$""", RegexOptions.Multiline)]
    private static partial Regex Nuget();
}
