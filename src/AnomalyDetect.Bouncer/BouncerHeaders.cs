namespace AnomalyDetect.Bouncer;

/// <summary>Response headers the bouncer sets.</summary>
public static class BouncerHeaders
{
    /// <summary>On a refusal: the id of the decision behind it.</summary>
    public const string Decision = "X-AnomalyDetect-Decision";

    /// <summary>With <see cref="BouncerOptions.SayWhenAway"/>: <c>away</c> while the service is away.</summary>
    public const string State = "X-AnomalyDetect-Bouncer";
}
