using AnomalyDetect.Response.Deliveries;

namespace AnomalyDetect.Response.Tests.Fixtures;

/// <summary>Values for where they do not matter.</summary>
internal static class Some
{
    public const string Tenant = "acme";

    // The published one of the reference suite, and another.
    public const string SecretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string OtherSecretText = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static int _count;

    public static DateTime Time { get; } = new(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc);

    public static FakeTimeProvider Clock() => new(new DateTimeOffset(Time));

    public static string Id() => Interlocked.Increment(ref _count).ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    public static Alert Alert(string? id = null, int revision = 1, Severity severity = Severity.High, string tenant = Tenant) => new()
    {
        Id = id ?? Id(),
        Revision = revision,
        TenantId = tenant,
        Signal = Signal.PolicyViolationBurst,
        Severity = severity,
        Score = 80,
        DetectedAt = Time,
        WindowStart = Time.AddMinutes(-1),
        WindowEnd = Time,
        Observed = 12,
        Expected = 1,
        Threshold = 10,
        EntityKind = EntityKind.Principal,
        PrincipalId = "u-17",
        Explanation = "u-17 was denied 12 times in 60 s (limit 10)",
        Evidence = [Finding()],
        Techniques = ["T1078.004"],
        EventIds = ["e-1", "e-2"],
        Drivers = [new Entity(EntityKind.Principal, "u-17")],
        RelatedAlertIds = [],
    };

    public static Finding Finding() =>
        new(Signal.PolicyViolationBurst, new Entity(EntityKind.Principal, "u-17"), Time, Time.AddMinutes(-1), Time, 12, 1, 10, null);

    public static Notification Notification(Alert alert, Audience audience) =>
        new(alert.RevisionId, alert.Id, alert.Revision, alert.TenantId, audience, alert.WindowEnd, "title", "text");

    public static Decision Decision(
        DecisionType type = DecisionType.RevokeSession, DecisionScope scope = DecisionScope.Session, string value = "s-1", double minutes = 60,
        bool simulated = false, string tenant = Tenant) => new()
        {
            Id = Id(),
            AlertId = Id(),
            TenantId = tenant,
            Type = type,
            Scope = scope,
            Value = value,
            Parameters = new DecisionParameters(),
            CreatedAt = Time,
            ExpiresAt = Time.AddMinutes(minutes),
            Simulated = simulated,
        };

    public static Decision BlockIp(string address, double minutes = 60) => Decision(DecisionType.BlockIp, DecisionScope.Address, address, minutes);

    public static WebhookOptions Webhook(string url, string name = "soc") =>
        new() { Name = name, Url = url, Secrets = [new Secret(SecretText)], AllowedRanges = ["127.0.0.0/8", "::1"] };

    public static ResponseOptions Options(params WebhookOptions[] webhooks) => new() { Webhooks = webhooks };

    public static TargetCircuit Circuit(RetryOptions? retry = null) => new(retry ?? new RetryOptions(), () => 0);
}
