using System.Text.Json;
using Prometheus;

namespace AnomalyDetect.Service.Models;

/// <summary>Which model is in force, and whether the registry is well. Ids of models are no tenant's.</summary>
public sealed class ModelMetrics
{
    private readonly Gauge _inForce;
    private readonly Gauge _trouble;
    private readonly Counter _changes;

    public ModelMetrics(CollectorRegistry registry)
    {
        var m = Metrics.WithCustomRegistry(registry);
        _inForce = m.CreateGauge("anomalydetect_model_in_force", "1 for the model lanes judge by.", "id", "source");
        _trouble = m.CreateGauge("anomalydetect_model_trouble", "1 while the registry's champion cannot be used or its manifest is damaged; the log says why.");
        _changes = m.CreateCounter("anomalydetect_model_changes_total", "Models taken while running.");
    }

    internal void Show(ModelInForce now)
    {
        foreach (var labels in _inForce.GetAllLabelValues().ToList()) _inForce.RemoveLabelled(labels);
        _inForce.WithLabels(now.Id, JsonNamingPolicy.SnakeCaseLower.ConvertName(now.Source.ToString())).Set(1);
        _trouble.Set(now.Problem is null ? 0 : 1);
    }

    internal void Changed() => _changes.Inc();
}
