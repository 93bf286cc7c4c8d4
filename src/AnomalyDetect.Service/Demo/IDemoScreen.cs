using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Demo;

/// <summary>How the demo is shown: live on a terminal, or line by line where its output is redirected.</summary>
internal interface IDemoScreen
{
    void Alert(Alert alert);

    void Decision(Decision decision);

    /// <summary>Shows the state until stopped.</summary>
    Task RunAsync(DemoState state, CancellationToken stop);
}

/// <summary>Rows both screens show. Everything from events is made printable here.</summary>
internal static class DemoText
{
    /// <summary>Below this an alert is counted and not shown.</summary>
    public const Severity ShownFrom = Severity.Medium;

    public static string Of(Decision d) =>
        $"{Names.Of(d.Type)} on {Names.Of(d.Scope)} {Printable.Of(d.Value, 60)} of {Printable.Of(d.TenantId, 40)} until {d.ExpiresAt:yyyy-MM-dd HH:mm:ss}Z";

    public static string In(DemoState s) =>
        $"{(s.IsLive ? "live" : "history")} {s.At:yyyy-MM-dd HH:mm:ss}Z  {s.Events:N0} events of {s.Tenants} tenants, {s.Rate():N0}/s";
}
