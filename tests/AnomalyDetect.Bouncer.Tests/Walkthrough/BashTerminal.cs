using System.Diagnostics;
using System.Text;

namespace AnomalyDetect.Bouncer.Tests.Walkthrough;

/// <summary>Commands as a person's terminal has them, but that <c>dotnet run</c> runs what these tests were built with. Errors are shown among the output.</summary>
internal sealed class BashTerminal : IDisposable
{
    private const string Sdk = """
        dotnet() {
            case "$3" in
                src/AnomalyDetect.Service) program=anomalydetect;;
                tests/AnomalyDetect.Bouncer.Sample) program=AnomalyDetect.Bouncer.Sample;;
                *) echo "no such project: $3"; return 2;;
            esac
            [ "$1 $2 $4 $5 $6" = "run --project -c Release --" ] || { echo "not as the README has it: $*"; return 2; }
            shift 6
            command dotnet "$BUILT/$program.dll" "$@"
        }

        """;

    private readonly Process _process;
    private readonly StringBuilder _shown = new();

    public BashTerminal(string directory, string commands)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec 2>&1\n{Sdk}{ReadmeCommands.Definition}\n{commands}"]) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = directory };
        start.Environment["BUILT"] = AppContext.BaseDirectory;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            lock (_shown) _shown.AppendLine(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
    }

    public string Shown
    {
        get { lock (_shown) return _shown.ToString(); }
    }

    public Task ShowsAsync(string text, int seconds = 60) => Wait.UntilAsync(() => Shown.Contains(text, StringComparison.Ordinal), $"a terminal that shows {text}", seconds);

    public Task ExitAsync(CancellationToken stop) => _process.WaitForExitAsync(stop);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
