using System.Net.Sockets;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>The service as a supervisor keeps it: killed at any time, started again until it runs. Calls to it fail while it is away.</summary>
internal sealed class SupervisedService(string config, string data, ScarceDisk disk) : IAsyncDisposable
{
    private readonly List<string> _ends = [];
    private ChildService? _child;
    private HttpClient? _client;

    /// <summary>Starts that came to nothing, each with what the service said; only a full disk excuses one.</summary>
    public int FailedStarts { get; private set; }

    /// <summary>What it said when it ended though nobody had ended it, or in words that are not for people.</summary>
    public IReadOnlyList<string> Complaints => _ends;

    public async Task StartAsync()
    {
        while (true)
        {
            try
            {
                _child = await ChildService.StartAsync(config, started: disk.Holds);
                break;
            }
            catch (InvalidOperationException e) when (disk.IsFull)
            {
                // As a supervisor sees it: it ended, so it is started again, and that helps once there is room.
                FailedStarts++;
                if (e.Message.Contains("went wrong inside", StringComparison.Ordinal) || e.Message.Contains("Unhandled", StringComparison.Ordinal)) _ends.Add(e.Message);
                if (FailedStarts % 3 == 0) disk.Free();
            }
        }

        _client = _child.Client((await File.ReadAllTextAsync(Path.Combine(data, "admin.key"))).Trim());
        _client.Timeout = TimeSpan.FromSeconds(20);
    }

    public async Task KillAsync()
    {
        if (_child!.HasExited) _ends.Add($"it ended by itself: {_child.Said}");
        await _child.KillAsync();
        await ForgetAsync();
    }

    /// <summary>Asked to end, it ends in order.</summary>
    public async Task StopAsync()
    {
        if (await _child!.TerminateAsync() is not 0 and var code) _ends.Add($"it ended with {code}: {_child.Said}");
        await ForgetAsync();
    }

    /// <summary>The status of the answer and its body; null when there was none.</summary>
    public async Task<(int Status, string Body)?> CallAsync(HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        if (_client is not { } client) return null;
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, type);
            using var answer = await client.SendAsync(request);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null) await ForgetAsync();
    }

    private async Task ForgetAsync()
    {
        var (child, client) = (_child, _client);
        (_child, _client) = (null, null);
        client?.Dispose();
        if (child is not null) await child.DisposeAsync();
    }
}
