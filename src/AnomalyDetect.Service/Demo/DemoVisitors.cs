using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>
/// The simulated users as callers of a service with the bouncer in it (<c>tests/AnomalyDetect.Bouncer.Sample</c>): each event becomes the request it tells of, in that
/// service's own words, and what comes back is tallied. Telemetry is the service's to send.
/// </summary>
internal sealed class DemoVisitors(HttpClient http, DemoTally tally) : IDisposable
{
    private const int AtOnce = 32;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);
    private readonly SemaphoreSlim _room = new(AtOnce);

    /// <summary>Returns once the service answers, however it is.</summary>
    public async Task WaitAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/healthz", stop);
                return;
            }
            catch (Exception e) when (IsNoAnswer(e, stop))
            {
                await Task.Delay(Again, stop);
            }
        }
    }

    /// <summary>Sends the request, and returns before it is answered while there is room for more.</summary>
    public async Task VisitAsync(SimulatedEvent e, CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        _ = CallAsync(e, stop);
    }

    /// <summary>Returns when every request was answered.</summary>
    public async Task LeaveAsync(CancellationToken stop)
    {
        for (var i = 0; i < AtOnce; i++) await _room.WaitAsync(stop);
        _room.Release(AtOnce);
    }

    public void Dispose() => _room.Dispose();

    private async Task CallAsync(SimulatedEvent e, CancellationToken stop)
    {
        try
        {
            using var request = RequestOf(e);
            using var answer = await http.SendAsync(request, stop);
            tally.Count(e, await OutcomeOfAsync(answer, stop));
        }
        catch (Exception x) when (IsNoAnswer(x, stop))
        {
            tally.Count(e, VisitOutcome.Lost);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        finally
        {
            _room.Release();
        }
    }

    private static bool IsNoAnswer(Exception e, CancellationToken stop) => !stop.IsCancellationRequested && e is HttpRequestException or TaskCanceledException;

    private static HttpRequestMessage RequestOf(SimulatedEvent e)
    {
        var failed = e.Type == EventType.TokenValidation && e.Outcome != EventOutcome.Success;
        // Another tenant's resource is asked for at its own door; with a token that proves nothing, at the door of whom it names.
        var door = failed || e.Type != EventType.ApiCall ? e.TenantId : e.TargetTenantId ?? e.TenantId;
        var path = e.Type == EventType.ApiCall && e.Resource is { } resource ? resource : $"/{Names.Of(e.Type)}";
        var request = new HttpRequestMessage(new HttpMethod(e.Method ?? (e.Type == EventType.ApiCall ? "GET" : "POST")), $"/{Uri.EscapeDataString(door)}{path}");
        var headers = request.Headers;
        headers.Authorization = new AuthenticationHeaderValue("Sample", Pairs(
            ("tenant_id", e.TenantId), ("sub", e.PrincipalId), ("sid", e.SessionId), ("jti", e.TokenId), ("client_id", e.PartnerId), ("fault", failed ? Names.Of(e.Reason) : null)));
        headers.TryAddWithoutValidation("Sample-Act", Pairs(
            ("type", Names.Of(e.Type)), ("outcome", Names.Of(e.Outcome)), ("reason", e.Reason == FailureReason.None ? null : Names.Of(e.Reason)), ("status", Number(e.Status)),
            ("target_tenant_id", door == e.TenantId ? e.TargetTenantId : null), ("device_id", e.DeviceId), ("country", e.Country), ("asn", Number(e.Asn)), ("scope", e.Scope),
            ("delegation_id", e.DelegationId), ("tenant_context_id", e.TenantContextId), ("count", e.Count == 1 ? null : Number(e.Count)),
            ("duration_ms", Number(e.DurationMs)), ("bytes", Number(e.Bytes))));
        if (e.SourceIp is { } address) headers.TryAddWithoutValidation("X-Forwarded-For", address);
        if (e.UserAgent is { } agent) headers.TryAddWithoutValidation("User-Agent", agent);
        return request;
    }

    private static string? Number(long value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);

    private static string Pairs(params (string Name, string? Value)[] pairs) => string.Join(';', pairs.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));

    private static async Task<VisitOutcome> OutcomeOfAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        if (!answer.Headers.Contains("X-AnomalyDetect-Decision")) return VisitOutcome.Passed;
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
        return problem.RootElement.GetProperty("code").GetString() switch
        {
            "rate_limited" => VisitOutcome.Limited,
            "captcha_required" or "captcha_failed" or "step_up_required" or "reauthentication_required" => VisitOutcome.Challenged,
            _ => VisitOutcome.CutOff,
        };
    }
}
