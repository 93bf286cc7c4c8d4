using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Lanes;

/// <summary>Checks ranges; reports every problem, not the first, each with its path as written in the configuration.</summary>
public static class EngineOptionsValidator
{
    public static IReadOnlyList<string> Validate(EngineOptions options)
    {
        var errors = new List<string>();
        var d = options.Detection;
        if (d.AllowedLateness is { } lateness) Span(errors, "detection.allowed_lateness", lateness, TimeSpan.Zero, TimeSpan.FromHours(1));
        Span(errors, "detection.max_skew", d.MaxSkew, TimeSpan.Zero, TimeSpan.FromHours(1));
        Span(errors, "detection.dedupe_horizon", d.DedupeHorizon, d.AllowedLateness ?? Lane.DefaultLateness, TimeSpan.FromDays(1));
        Span(errors, "detection.episode_gap", d.EpisodeGap, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
        Span(errors, "detection.adopt_after", d.AdoptAfter, TimeSpan.FromMinutes(10), TimeSpan.FromDays(7));
        Signals(errors, "detection.signals", d.Signals);
        foreach (var (tenant, signals) in d.TenantSignals) Signals(errors, $"detection.tenant_signals.{tenant}", signals);

        Exceptions(errors, d.Exceptions);
        var limits = d.Limits;
        if (limits.MemoryBytes is { } memory) Number(errors, "detection.limits.memory_bytes", memory, 1 << 20, 1L << 50);
        Number(errors, "detection.limits.tenants", limits.Tenants, 1, 10_000_000);
        Number(errors, "detection.limits.principals", limits.Principals, 16, 10_000_000);
        Number(errors, "detection.limits.sessions", limits.Sessions, 16, 10_000_000);
        Number(errors, "detection.limits.counters", limits.Counters, 16, 1_000_000);
        Number(errors, "detection.limits.open_alerts", limits.OpenAlerts, 16, 100_000);
        Number(errors, "detection.limits.dedupe_ids", limits.DedupeIds, 1_024, 100_000_000);

        foreach (var text in options.Enforcement.NeverTarget)
            if (!AddressRange.TryParse(text, out _)) errors.Add($"response.never_target: '{text}' is not an address or CIDR range such as 203.0.113.0/24");
        if (errors.Count == 0) Memory(errors, options);
        foreach (var (path, text) in PlaybookValidator.Validate(options.Playbook)) errors.Add($"playbook {path}: {text}");
        return errors;
    }

    /// <summary>Half of the memory has to hold as many tenants as there may be, each with what it has from its first event on, also when a shadow model comes.</summary>
    private static void Memory(List<string> errors, EngineOptions options)
    {
        var limits = options.Detection.Limits;
        if (limits.MemoryBytes is not { } bytes) return;
        var plan = MemoryPlan.Of(options with { Shadow = options.Shadow ?? options.Model }, (options.Detection.AllowedLateness ?? Lane.DefaultLateness).Ticks, collectsFeatures: true);
        if (bytes >= plan.LeastBytes) return;
        var fit = Math.Max(0, (bytes - plan.EventIds) / 2 / plan.LeastTenantBytes);
        errors.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"detection.limits.memory_bytes must be at least {plan.LeastBytes}, not {bytes}: the event ids take {plan.EventIds} (detection.limits.dedupe_ids), and half of the rest is set aside for {limits.Tenants} tenants (detection.limits.tenants) of at least {plan.LeastTenantBytes} each; it has room for {fit}"));
    }

    private static void Signals(List<string> errors, string path, SignalOptions signals)
    {
        Threshold(errors, $"{path}.invalid_claim_injection", signals.InvalidClaimInjection);
        Threshold(errors, $"{path}.delegation_scope_abuse", signals.DelegationScopeAbuse);
        Threshold(errors, $"{path}.session_hijack", signals.SessionHijack);
        Threshold(errors, $"{path}.policy_violation_burst", signals.PolicyViolationBurst);
        if (signals.SessionHijack.Threshold > 5) errors.Add($"{path}.session_hijack.threshold must be 1 to 5 networks, not {signals.SessionHijack.Threshold}");

        var cross = signals.CrossTenantApiSpike;
        Span(errors, $"{path}.cross_tenant_api_spike.window", cross.Window, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15));
        Number(errors, $"{path}.cross_tenant_api_spike.factor", cross.Factor, 1.5, 1_000);
        Number(errors, $"{path}.cross_tenant_api_spike.floor", cross.Floor, 1, 1_000_000);
        Span(errors, $"{path}.cross_tenant_api_spike.learning", cross.Learning, TimeSpan.Zero, TimeSpan.FromDays(7));

        Minutes(errors, $"{path}.ml_spike.window", signals.MlSpike.Window);
        Number(errors, $"{path}.ml_spike.busiest_principals", signals.MlSpike.BusiestPrincipals, 0, 256);
        Number(errors, $"{path}.budget.medium_per_week", signals.Budget.MediumPerWeek, 0.001, 1_000);
        Number(errors, $"{path}.budget.low_per_week", signals.Budget.LowPerWeek, 0.001, 1_000);
        Number(errors, $"{path}.budget.info_per_day", signals.Budget.InfoPerDay, 0, 1_000);
        if (signals.Budget.LowPerWeek < signals.Budget.MediumPerWeek) errors.Add($"{path}.budget.low_per_week must not be below medium_per_week: it counts those as well");

        var claims = signals.InvalidClaimInjection;
        Number(errors, $"{path}.invalid_claim_injection.slow_threshold", claims.SlowThreshold, 1, 1_000_000);
        Span(errors, $"{path}.invalid_claim_injection.slow_window", claims.SlowWindow, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
        Number(errors, $"{path}.invalid_claim_injection.spread_threshold", claims.SpreadThreshold, 1, 1_000_000);
        Minutes(errors, $"{path}.invalid_claim_injection.spread_window", claims.SpreadWindow);
        Number(errors, $"{path}.invalid_claim_injection.spread_sources", claims.SpreadSources, 1, 2_000);

        Threshold(errors, $"{path}.password_spraying", signals.PasswordSpraying);
        if (signals.PasswordSpraying.Threshold > 30) errors.Add($"{path}.password_spraying.threshold must be 1 to 30 principals, not {signals.PasswordSpraying.Threshold}");
        Threshold(errors, $"{path}.mfa_fatigue", signals.MfaFatigue);
        Threshold(errors, $"{path}.resource_enumeration", signals.ResourceEnumeration);
        if (signals.ResourceEnumeration.Threshold > 24) errors.Add($"{path}.resource_enumeration.threshold must be 1 to 24 resources, not {signals.ResourceEnumeration.Threshold}: no more than 32 are told apart");
        Threshold(errors, $"{path}.cross_tenant_fan_out", signals.CrossTenantFanOut);
        if (signals.CrossTenantFanOut.Threshold > 24) errors.Add($"{path}.cross_tenant_fan_out.threshold must be 1 to 24 tenants, not {signals.CrossTenantFanOut.Threshold}: no more than 32 are told apart");
        var stuffing = signals.CredentialStuffing;
        Number(errors, $"{path}.credential_stuffing.failures", stuffing.Failures, 1, 1_000_000);
        Number(errors, $"{path}.credential_stuffing.factor", stuffing.Factor, 1, 1_000);
        Number(errors, $"{path}.credential_stuffing.sources", stuffing.Sources, 1, 2_000);
        Minutes(errors, $"{path}.credential_stuffing.window", stuffing.Window);
        Number(errors, $"{path}.impossible_travel.speed_km_per_hour", signals.ImpossibleTravel.SpeedKmPerHour, 100, 10_000);
        Span(errors, $"{path}.token_replay.window", signals.TokenReplay.Window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
        Span(errors, $"{path}.dormant_principal.after", signals.DormantPrincipal.After, TimeSpan.FromDays(1), TimeSpan.FromDays(180));
        Span(errors, $"{path}.telemetry_silence.minimum", signals.TelemetrySilence.Minimum, TimeSpan.FromMinutes(2), TimeSpan.FromHours(24));
        Number(errors, $"{path}.telemetry_silence.expected", signals.TelemetrySilence.Expected, 5, 10_000);
        foreach (var text in signals.EgressRanges)
            if (!AddressRange.TryParse(text, out _)) errors.Add($"{path}.egress_ranges: '{text}' is not an address or CIDR range such as 203.0.113.0/24");

        Rate(errors, $"{path}.login_rate", signals.LoginRate);
        Rate(errors, $"{path}.api_call_rate", signals.ApiCallRate);
        Rate(errors, $"{path}.delegation_rate", signals.DelegationRate);
    }

    private static void Exceptions(List<string> errors, IReadOnlyList<AlertException> exceptions)
    {
        if (exceptions.Count > 1000) errors.Add($"detection.exceptions must be at most 1000, not {exceptions.Count}");
        foreach (var (i, exception) in exceptions.Index())
        {
            var path = $"detection.exceptions[{i}]";
            if (string.IsNullOrWhiteSpace(exception.Reason)) errors.Add($"{path}.reason must say why");
            if (exception.From >= exception.Until) errors.Add($"{path}.until must lie after from");
            if (exception.DailyFrom is { } from) Span(errors, $"{path}.daily_from", from, TimeSpan.Zero, TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
            if (exception.DailyFor is { } length) Span(errors, $"{path}.daily_for", length, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
            if (exception.DailyFor is not null && exception.DailyFrom is null) errors.Add($"{path}.daily_for needs daily_from");
        }
    }

    private static void Threshold(List<string> errors, string path, ThresholdOptions options)
    {
        Number(errors, $"{path}.threshold", options.Threshold, 1, 1_000_000);
        Span(errors, $"{path}.window", options.Window, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
    }

    private static void Rate(List<string> errors, string path, RateOptions options)
    {
        Number(errors, $"{path}.sigmas", options.Sigmas, 2, 20);
        Number(errors, $"{path}.warm_up_windows", options.WarmUpWindows, 10, 10_080);
        Number(errors, $"{path}.minimum_count", options.MinimumCount, 0, 1_000_000);
    }

    private static void Span(List<string> errors, string path, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most) errors.Add($"{path} must be {least:c} to {most:c}, not {value:c}");
    }

    private static void Minutes(List<string> errors, string path, TimeSpan value)
    {
        Span(errors, path, value, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        if (value.Ticks % TimeSpan.TicksPerMinute != 0) errors.Add($"{path} must be whole minutes, not {value:c}");
    }

    private static void Number(List<string> errors, string path, double value, double least, double most)
    {
        if (!(value >= least && value <= most)) errors.Add(string.Create(CultureInfo.InvariantCulture, $"{path} must be {least} to {most}, not {value}"));
    }
}
