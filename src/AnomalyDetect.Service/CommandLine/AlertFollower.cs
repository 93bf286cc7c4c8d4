using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>alerts list --follow</c>: those there are, oldest first, then those that come.</summary>
internal static class AlertFollower
{
    public static async Task<int> RunAsync(IOperations operations, AlertFilter filter, Terminal terminal, Func<JsonElement, string> line)
    {
        using var signals = new StopSignals();
        // What came between the connection and the list is in both.
        var listed = new HashSet<(string, int)>();
        try
        {
            await foreach (var alert in operations.FollowAlertsAsync(filter, ListAsync, signals.Token))
                if (Fits(alert, filter) && !listed.Remove(Revision(alert))) await terminal.Out.WriteLineAsync(line(alert));
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // as asked
        }

        return UserException.Done;

        async Task ListAsync()
        {
            foreach (var alert in (await operations.AlertsAsync(filter)).Reverse())
            {
                listed.Add(Revision(alert));
                await terminal.Out.WriteLineAsync(line(alert));
            }
        }
    }

    /// <summary>What the stream does not choose by itself. Nobody has given a verdict on what has just come.</summary>
    internal static bool Fits(JsonElement alert, AlertFilter filter)
    {
        var stored = JsonSerializer.Deserialize(alert, CoreJson.Default.Alert)!;
        if (filter.Problem(out var query) is not null) return false;
        return (query.Signal ?? stored.Signal) == stored.Signal && stored.Severity >= (query.MinimumSeverity ?? Severity.Info) && (query.State ?? stored.State) == stored.State
            && (query.EntityKind ?? stored.EntityKind) == stored.EntityKind && (query.Entity ?? stored.Entity.Id) == stored.Entity.Id
            && stored.Entity.Id.Contains(query.Text ?? "", StringComparison.Ordinal) && query.Verdict is null
            && !(stored.DetectedAt < query.Since) && !(stored.DetectedAt >= query.Until);
    }

    private static (string, int) Revision(JsonElement alert) => (alert.GetProperty("id").GetString()!, alert.GetProperty("revision").GetInt32());
}
