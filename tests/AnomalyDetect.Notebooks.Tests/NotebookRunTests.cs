using System.Text.Json.Nodes;
using AnomalyDetect.Notebooks.Tests.Running;

namespace AnomalyDetect.Notebooks.Tests;

/// <summary>What runs the notebooks notices what it is there to notice.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NotebookRunTests
{
    private const string Core = "#r \"../src/AnomalyDetect.Service/bin/Release/net10.0/AnomalyDetect.Core.dll\"\n";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_cell_sees_what_those_before_it_left_behind()
    {
        var notebook = Some(("using System.Globalization;\nvar a = 20;\nint Twice(int n) => 2 * n;", null), ("Console.Write(Twice(a + 1).ToString(CultureInfo.InvariantCulture));", null), ("a * 0.5", null));
        Assert.IsEmpty(await Run(notebook, writes: true));
        Assert.AreEqual(new CellOutput(CellOutput.Stream, CellOutput.Plain, "42"), notebook.CodeCells[1].Outputs.Single());
        Assert.AreEqual(new CellOutput(CellOutput.Result, CellOutput.Plain, "10"), notebook.CodeCells[2].Outputs.Single());
        Assert.AreEqual(3, notebook.CodeCells[2].ExecutionCount);
        Assert.IsEmpty(await Run(new Notebook(notebook.ToJson()), writes: false), "what was written is what is shown");
    }

    [TestMethod]
    public async Task What_is_printed_and_displayed_keeps_its_order()
    {
        var notebook = Some(("Console.Write(\"one\");\n\"two\".DisplayAs(\"text/plain\");\nawait Task.Yield();\nConsole.WriteLine(\"three\\nfour\");", null));
        Assert.IsEmpty(await Run(notebook, writes: true));
        CollectionAssert.AreEqual(new[] { "one", "two", "three\nfour\n" }, notebook.CodeCells[0].Outputs.Select(o => o.Text).ToArray());
    }

    [TestMethod]
    public async Task Types_of_the_project_are_those_of_the_build_under_test()
    {
        var notebook = Some((Core + "using AnomalyDetect.Core.Multivariate;\nFeatures.Count", null));
        Assert.IsEmpty(await Run(notebook, writes: true));
        Assert.AreEqual("24", notebook.CodeCells[0].Outputs.Single().Text);
    }

    [TestMethod]
    public async Task A_changed_text_is_told_line_by_line()
    {
        var problems = await Run(Some(("Console.WriteLine(\"same\\nnew\");", "same\nold\n")), writes: false);
        Assert.AreEqual("Code cell 1: its text changed (- kept, + now):\n- old\n+ new", problems.Single());
    }

    [TestMethod]
    public async Task An_output_too_many_or_too_few_is_told()
    {
        StringAssert.Contains((await Run(Some(("1 + 1", null)), writes: false)).Single(), "kept with nothing, and shows execute_result text/plain");
        StringAssert.Contains((await Run(Some(("var a = 1;", "1")), writes: false)).Single(), "kept with stream text/plain, and shows nothing");
    }

    [TestMethod]
    [DataRow("throw new InvalidOperationException(\"no\");", "it threw InvalidOperationException: no")]
    [DataRow("int a = \"one\";", "it does not compile: (1,9): error CS0029")]
    [DataRow("new object()", "it threw NotSupportedException: A cell ends with a Object")]
    [DataRow("#r \"nuget: No.Such.Package, 1.0.0\"", "it refers to No.Such.Package 1.0.0, which the service is not built with")]
    [DataRow("#r \"../src/AnomalyDetect.Service/bin/Release/net10.0/NoSuch.dll\"", "it refers to NoSuch, which the service is not built with")]
    [DataRow("#r \"/opt/AnomalyDetect.Core.dll\"", "is neither a package with its version nor an assembly in ../src/")]
    [DataRow("#r \"nuget: ScottPlot\"", "is neither a package with its version nor an assembly in ../src/")]
    public async Task A_cell_that_cannot_be_run_is_named_with_its_source(string source, string problem)
    {
        var failure = await Assert.ThrowsExactlyAsync<CellException>(() => Run(Some(("var before = 1;", null), (source, null)), writes: true));
        StringAssert.StartsWith(failure.Message, "Code cell 2: ");
        StringAssert.Contains(failure.Message, problem);
        StringAssert.EndsWith(failure.Message, source);
    }

    [TestMethod]
    [DataRow("\"bm90aGluZw==\".DisplayAs(\"image/png\");", "no PNG, or an empty one")]
    [DataRow("\"<svg/>\".DisplayAs(\"image/svg+xml\");", "image/svg+xml")]
    [DataRow("\"?\".DisplayAs(\"image/png\");", "not in base64")]
    public async Task An_image_has_to_be_a_picture(string source, string problem) => StringAssert.Contains((await Run(Some((source, null)), writes: true)).Single(), problem);

    private Task<IReadOnlyList<string>> Run(Notebook notebook, bool writes) => NotebookRun.OfAsync(notebook, writes, TestContext.CancellationToken);

    /// <param name="cells">Sources, and what each is kept with as printed.</param>
    private static Notebook Some(params (string Source, string? Printed)[] cells)
    {
        var json = new JsonArray();
        foreach (var (source, printed) in cells)
        {
            json.Add(new JsonObject
            {
                ["cell_type"] = "code", ["execution_count"] = null, ["source"] = Notebook.Lines(source),
                ["outputs"] = printed is null ? [] : new JsonArray(new CellOutput(CellOutput.Stream, CellOutput.Plain, printed).ToJson(1)),
            });
        }

        return new Notebook(new JsonObject { ["cells"] = json }.ToJsonString());
    }
}
