using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace AnomalyDetect.Service.Tests.Fixtures;

/// <summary><c>anomalydetect run</c> as a process of its own, which signals reach.</summary>
internal sealed class ChildService : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildService(string config)
    {
        string[] run = ["dotnet", Path.Combine(AppContext.BaseDirectory, "anomalydetect.dll"), "run", "--config", config];
        // A limit on what it may write (a full disk where none can be made) refuses writes, and would otherwise end the process.
        if (!OperatingSystem.IsWindows()) run = ["/bin/sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\"", .. run];
        var start = new ProcessStartInfo(run[0], run[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Url { get; private set; } = "";

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it wrote so far.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <param name="started">Called with the process's id before it has done anything much.</param>
    public static async Task<ChildService> StartAsync(string config, Action<int>? started = null)
    {
        var child = new ChildService(config);
        started?.Invoke(child.Id);
        try
        {
            var exited = child._process.WaitForExitAsync();
            if (await Task.WhenAny(child._listening.Task, exited).WaitAsync(TimeSpan.FromSeconds(60)) == exited)
                throw new InvalidOperationException($"the service did not start: {child.Said}");
            child.Url = await child._listening.Task;
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>SIGKILL: no time for anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task<int> TerminateAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        const string listening = "Listening at ";
        if (line.StartsWith(listening, StringComparison.Ordinal)) _listening.TrySetResult(line[listening.Length..]);
    }
}
