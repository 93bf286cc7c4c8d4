using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using AnomalyDetect.Service.CommandLine;

namespace AnomalyDetect.Service.Tests;

/// <summary>run.ps1 is read and run by PowerShell's own engine, without the modules that hold its cmdlets: what works here works wherever PowerShell does.</summary>
[TestClass]
public sealed class RunScriptTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "run.ps1");

    [TestMethod]
    public void The_script_is_made_of_the_language_and_dotnet_alone()
    {
        var tree = Parser.ParseFile(Script, out _, out var errors);
        Assert.IsEmpty(errors, string.Join("; ", errors.Select(e => e.Message)));
        var commands = tree.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>().Select(c => c.GetCommandName()).ToArray();
        Assert.IsNotEmpty(commands);
        CollectionAssert.AreEqual(Enumerable.Repeat("dotnet", commands.Length).ToArray(), commands);
    }

    [TestMethod]
    [DataRow("help")]
    [DataRow("--help")]
    [DataRow(null)]
    public void Help_names_every_verb(string? verb)
    {
        var (output, exit) = Run(verb is null ? [] : [verb]);
        Assert.AreEqual(0, exit);
        foreach (var known in Cli.Verbs.Concat(["test", "chaos", "bench", "notebooks", "build", "format", "help"]))
            StringAssert.Contains(output, $"./run.ps1 {known} ");
    }

    [TestMethod]
    public void Every_verb_of_the_program_is_handed_on()
    {
        foreach (var verb in Cli.Verbs) StringAssert.EndsWith(Run([verb]).Output, $"-c|Release|--|{verb}");
    }

    [TestMethod]
    [DataRow("demo", "--keep")]
    [DataRow("run")]
    [DataRow("replay", "a file", "--out", "d")]
    [DataRow("simulate", "--seed", "7")]
    [DataRow("train", "--data", "d")]
    [DataRow("models", "list")]
    [DataRow("alerts", "verdict", "id", "benign", "--reason", "a test")]
    [DataRow("score", "--input", "-", "--output", "-")]
    public void Verbs_of_the_program_reach_it_with_their_arguments(string verb, params string[] rest)
    {
        var (output, exit) = Run([verb, .. rest]);
        StringAssert.EndsWith(output, string.Join('|', ["-c", "Release", "--", verb, .. rest]));
        StringAssert.Contains(output, Path.Combine(Repository.Root, "src/AnomalyDetect.Service"));
        Assert.AreEqual(7, exit, "the program's exit code is handed on");
    }

    [TestMethod]
    [DataRow("test", "test|{0}/AnomalyDetect.sln|-c|Release|--x")]
    [DataRow("build", "build|{0}/AnomalyDetect.sln|-c|Release|--x")]
    [DataRow("format", "format|{0}/AnomalyDetect.sln|--x")]
    [DataRow("notebooks", "test|{0}/tests/AnomalyDetect.Notebooks.Tests|-c|Release|-e|ANOMALYDETECT_NOTEBOOKS=write|--filter|FullyQualifiedName~NotebookTests.Every_cell|--x")]
    [DataRow("chaos", "test|{0}/tests/AnomalyDetect.Service.Tests|-c|Release|-e|ANOMALYDETECT_CHAOS=full|--filter|FullyQualifiedName~ChaosTests|--logger|console;verbosity=detailed|--x")]
    [DataRow("bench", "run|--project|{0}/tests/AnomalyDetect.Benchmarks|-c|Release|--|--x")]
    public void Verbs_of_the_repository_call_the_sdk(string verb, string expected)
    {
        var (output, exit) = Run([verb, "--x"]);
        Assert.AreEqual(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, Repository.Root), output);
        Assert.AreEqual(7, exit);
    }

    [TestMethod]
    [DataRow("nonsense")]
    [DataRow("Demo")]
    public void An_unknown_verb_is_wrong_usage(string verb)
    {
        var (output, exit) = Run([verb]);
        Assert.AreEqual("", output);
        Assert.AreEqual(2, exit);
    }

    [TestMethod]
    public void The_sdk_itself_is_reached()
    {
        var (output, exit) = Run(["format", "--version"], native: true);
        Assert.AreEqual(0, exit, output);
        Assert.MatchesRegex(@"^\d+\.", output);
    }

    /// <summary>Runs the script in an empty session in which <c>dotnet</c> answers with its arguments and exit code 7, or is itself.</summary>
    private static (string Output, int Exit) Run(string[] arguments, bool native = false)
    {
        // Native commands are looked up through the file system provider, which only the default session has.
        var session = native ? InitialSessionState.CreateDefault2() : InitialSessionState.Create();
        session.LanguageMode = PSLanguageMode.FullLanguage;
        session.Commands.Add(new SessionStateScriptEntry(Script));
        if (!native) session.Commands.Add(new SessionStateFunctionEntry("dotnet", "$global:LASTEXITCODE = 7; [string]::Join('|', [string[]]$args)"));
        using var runspace = RunspaceFactory.CreateRunspace(session);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand(Script);
        foreach (var argument in arguments) shell.AddArgument(argument);
        var output = string.Join('\n', shell.Invoke().Select(o => o?.ToString()));
        Assert.IsEmpty(shell.Streams.Error, string.Join("; ", shell.Streams.Error));
        return (output, (int)runspace.SessionStateProxy.GetVariable("LASTEXITCODE"));
    }
}
