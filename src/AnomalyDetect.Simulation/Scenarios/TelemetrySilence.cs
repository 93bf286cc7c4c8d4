using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// Somebody cuts the tenant's telemetry for 40 to 90 min of its working hours: it makes no events and withholds those of plain traffic, which go on afterwards as
/// if nothing had been.
/// </summary>
internal sealed class TelemetrySilence()
    : Scenario(ScenarioKind.TelemetrySilence, isAttack: true, Signal.TelemetrySilence, Signal.ApiCallRate, Signal.LoginRate)
{
    public const int LongestMinutes = 90;

    public override void Play(Scene scene)
    {
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        scene.Silence(scene.Dice.Between(40.0, LongestMinutes) * 60);
    }
}
