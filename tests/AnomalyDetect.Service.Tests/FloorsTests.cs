using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace AnomalyDetect.Service.Tests;

/// <summary>The floors of the design, proved on the built assemblies (what is used) and on the project files (what could be).</summary>
[TestClass]
public sealed class FloorsTests
{
    /// <summary>Floor and allowed references of each project, as in the design's table.</summary>
    private static readonly Dictionary<string, (int Floor, string[] May)> Floors = new()
    {
        ["Core"] = (1, []),
        ["Formats"] = (2, ["Core"]),
        ["Storage"] = (2, ["Core"]),
        ["Streaming"] = (3, ["Core", "Formats", "Storage"]),
        ["Response"] = (3, ["Core", "Storage"]),
        ["Learning"] = (3, ["Core", "Storage"]),
        ["Simulation"] = (3, ["Core"]),
        ["Service"] = (4, ["Core", "Formats", "Storage", "Streaming", "Response", "Learning", "Simulation"]),
        ["Bouncer"] = (0, []),
    };

    public static IEnumerable<object[]> Projects => Built.Select(p => new object[] { p });

    private static string[] Built =>
    [
        .. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d).Replace("AnomalyDetect.", "", StringComparison.Ordinal)).Order(),
    ];

    [TestMethod]
    public void Every_project_stands_on_a_floor() => CollectionAssert.IsSubsetOf(Built, Floors.Keys.ToArray());

    [TestMethod]
    public void No_project_may_reference_its_own_floor_or_one_above()
    {
        foreach (var (name, (floor, may)) in Floors)
            foreach (var other in may) Assert.IsLessThan(floor, Floors[other].Floor, $"{name} → {other}");
    }

    [TestMethod]
    [DynamicData(nameof(Projects))]
    public void A_built_project_uses_only_what_its_floor_allows(string project)
    {
        // Learning is copied along with the service even while nothing of it is called yet, and the bouncer with this project, so all of them lie beside this test.
        var own = ReferencesOf(project).Where(IsOurs).Select(ShortName).ToArray();
        CollectionAssert.IsSubsetOf(own, Floors[project].May, $"{project} references {string.Join(", ", own)}");
    }

    [TestMethod]
    [DynamicData(nameof(Projects))]
    public void A_project_file_names_only_what_its_floor_allows(string project)
    {
        var named = ProjectFile(project).Descendants("ProjectReference")
            .Select(r => ShortName(Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))).ToArray();
        CollectionAssert.IsSubsetOf(named, Floors[project].May, $"{project} names {string.Join(", ", named)}");
    }

    [TestMethod]
    public void Core_uses_nothing_but_the_system()
    {
        var foreign = ReferencesOf("Core").Where(n => !n.StartsWith("System.", StringComparison.Ordinal) && n is not ("System" or "netstandard" or "mscorlib" or "Microsoft.CSharp")).ToArray();
        Assert.IsEmpty(foreign, string.Join(", ", foreign));
    }

    [TestMethod]
    public void Machine_learning_stays_in_learning_and_invention_in_simulation()
    {
        foreach (var project in Built)
        {
            var references = ReferencesOf(project).ToArray();
            if (project != "Learning") Assert.IsFalse(references.Any(r => r.StartsWith("Microsoft.ML", StringComparison.Ordinal)), project);
            if (project != "Simulation") Assert.DoesNotContain("Bogus", references, project);
        }
    }

    [TestMethod]
    public void Banned_symbols_are_wired_into_core_and_ban_clock_chance_and_input_and_output()
    {
        var file = ProjectFile("Core");
        Assert.IsTrue(file.Descendants("AdditionalFiles").Any(f => f.Attribute("Include")?.Value == "BannedSymbols.txt"));
        Assert.IsTrue(file.Descendants("PackageReference").Any(p => p.Attribute("Include")?.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers"));
        var banned = File.ReadAllText(Path.Combine(Repository.Root, "src/AnomalyDetect.Core/BannedSymbols.txt"));
        foreach (var symbol in new[] { "P:System.DateTime.UtcNow", "T:System.Random", "M:System.Guid.NewGuid", "T:System.IO.File;", "T:System.Threading.Tasks.Task;" })
            StringAssert.Contains(banned, symbol);
    }

    private static string[] ReferencesOf(string project)
    {
        var name = project == "Service" ? "anomalydetect" : "AnomalyDetect." + project;
        // Read, not loaded: a reference that is only named in metadata counts too.
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        using var portable = new PEReader(file);
        var metadata = portable.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name))];
    }

    private static bool IsOurs(string assembly) => assembly.StartsWith("AnomalyDetect", StringComparison.OrdinalIgnoreCase);

    private static string ShortName(string assembly) => assembly.Equals("anomalydetect", StringComparison.Ordinal) ? "Service" : assembly["AnomalyDetect.".Length..];

    private static XDocument ProjectFile(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", "AnomalyDetect." + project, $"AnomalyDetect.{project}.csproj"));
}
