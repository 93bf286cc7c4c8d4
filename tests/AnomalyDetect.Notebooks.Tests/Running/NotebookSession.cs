using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>One run of a notebook's cells, each on what those before it left behind, as .NET Interactive's C# kernel does it.</summary>
internal sealed class NotebookSession : IDisposable
{
    // The kernel's, as far as cells need them.
    private static readonly string[] Imports =
        ["System", "System.IO", "System.Text", "System.Collections.Generic", "System.Linq", "System.Threading.Tasks", typeof(TextDisplay).Namespace!];

    private readonly InteractiveAssemblyLoader _loader = new();
    private ScriptOptions _options = ScriptOptions.Default.WithImports(Imports).WithLanguageVersion(LanguageVersion.CSharp13).AddReferences(Framework()).AddReferences(typeof(TextDisplay).Assembly);
    private ScriptState<object>? _state;

    public NotebookSession() => _loader.RegisterDependency(typeof(TextDisplay).Assembly);

    /// <returns>What it shows.</returns>
    /// <exception cref="CellException">It does not compile, throws, or comes to what cannot be shown.</exception>
    public async Task<IReadOnlyList<CellOutput>> RunAsync(CodeCell cell, CancellationToken cancellation)
    {
        var (source, assemblies) = CellReferences.Take(cell);
        foreach (var assembly in assemblies) _loader.RegisterDependency(assembly);
        _options = _options.AddReferences(assemblies);
        using var recorder = new CellRecorder();
        try
        {
            var script = _state is null
                ? CSharpScript.Create<object>(source, _options, assemblyLoader: _loader)
                : _state.Script.ContinueWith<object>(source, _options);
            _state = _state is null ? await script.RunAsync(cancellationToken: cancellation) : await script.RunFromAsync(_state, cancellationToken: cancellation);
            return recorder.End(_state.ReturnValue);
        }
        catch (CompilationErrorException e)
        {
            throw new CellException(cell, $"it does not compile: {string.Join("; ", e.Diagnostics.Select(d => d.ToString()))}", e);
        }
        catch (Exception e) when (e is not (CellException or OperationCanceledException))
        {
            throw new CellException(cell, $"it threw {e.GetType().Name}: {e.Message}", e);
        }
    }

    public void Dispose() => _loader.Dispose();

    /// <summary>.NET's own assemblies; all others a notebook has to name.</summary>
    private static IEnumerable<Microsoft.CodeAnalysis.MetadataReference> Framework() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => !path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))
        .Select(path => Microsoft.CodeAnalysis.MetadataReference.CreateFromFile(path));
}
