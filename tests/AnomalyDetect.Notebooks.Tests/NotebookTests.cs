using System.Text.RegularExpressions;
using System.Xml.Linq;
using AnomalyDetect.Notebooks.Tests.Running;

namespace AnomalyDetect.Notebooks.Tests;

/// <summary>Each notebook runs, cell after cell, and shows what it is kept with.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class NotebookTests
{
    /// <summary>Set to <c>write</c>, notebooks are given the outputs they now have; <c>./run.ps1 notebooks</c> does.</summary>
    private const string Switch = "ANOMALYDETECT_NOTEBOOKS";

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> All => Directory.GetFiles(Repository.Notebooks, "*.ipynb").Order(StringComparer.Ordinal).Select(path => new object[] { Path.GetFileName(path) });

    [TestMethod]
    public void There_are_notebooks() => Assert.HasCount(3, All);

    [TestMethod]
    [DynamicData(nameof(All))]
    public async Task Every_cell_runs_and_shows_what_it_is_kept_with(string name)
    {
        var path = Path.Combine(Repository.Notebooks, name);
        var notebook = Notebook.Read(path);
        var writes = Environment.GetEnvironmentVariable(Switch) == "write";
        var problems = await NotebookRun.OfAsync(notebook, writes, TestContext.CancellationToken);
        if (writes) await File.WriteAllTextAsync(path, notebook.ToJson(), TestContext.CancellationToken);
        Assert.IsEmpty(problems, $"{name} no longer shows what it is kept with. If it should not, look at the change; if it should, './run.ps1 notebooks' keeps the new outputs.\n\n{string.Join("\n\n", problems)}");
    }

    [TestMethod]
    [DynamicData(nameof(All))]
    public void It_is_kept_as_a_run_from_top_to_bottom_left_it(string name)
    {
        var notebook = Open(name);
        CollectionAssert.AreEqual(notebook.CodeCells.Select(c => c.Number).ToArray(), notebook.CodeCells.Select(c => c.ExecutionCount ?? 0).ToArray());
        Assert.IsTrue(notebook.CodeCells.SelectMany(c => c.Outputs).Any(o => o.IsImage), "it has a plot");
        foreach (var cell in notebook.CodeCells.Where(c => Shows().IsMatch(c.Source)))
            Assert.IsNotEmpty(cell.Outputs, $"cell {cell.Number} shows something");
    }

    [TestMethod]
    [DynamicData(nameof(All))]
    public void It_is_for_the_kernel_of_dotnet(string name)
    {
        var notebook = Open(name).Json;
        Assert.AreEqual(4, (int)notebook["nbformat"]!);
        var spec = notebook["metadata"]!["kernelspec"]!;
        Assert.AreEqual((".net-csharp", ".NET (C#)", "C#"), ((string)spec["name"]!, (string)spec["display_name"]!, (string)spec["language"]!));
    }

    [TestMethod]
    [DynamicData(nameof(All))]
    public void Packages_are_of_the_versions_the_project_is_built_with(string name)
    {
        var central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);
        var packages = Open(name).CodeCells.SelectMany(c => CellReferences.Packages(c.Source)).ToArray();
        Assert.Contains("ScottPlot", packages.Select(p => p.Package));
        foreach (var (package, version) in packages) Assert.AreEqual(central.GetValueOrDefault(package), version, package);
    }

    [TestMethod]
    [DynamicData(nameof(All))]
    public void Outputs_tell_nothing_of_the_machine_they_were_made_on(string name)
    {
        string[] telling = [Repository.Root, Path.GetTempPath(), "/home/", "/tmp/", "/work/", ":\\", .. Environment.MachineName is { Length: > 5 } own ? [own] : Array.Empty<string>()]; // a shorter one may be a word
        foreach (var cell in Open(name).CodeCells)
            foreach (var output in cell.Outputs.Where(o => !o.IsImage))
                foreach (var word in telling) Assert.DoesNotContain(word, output.Text, $"cell {cell.Number}");
    }

    /// <summary>A statement of the cell itself, not of a function it declares.</summary>
    [GeneratedRegex(@"^(Console\.Write|Show\()", RegexOptions.Multiline)]
    private static partial Regex Shows();

    private static Notebook Open(string name) => Notebook.Read(Path.Combine(Repository.Notebooks, name));
}
