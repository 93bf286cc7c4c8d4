using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>A closed window's features of a tenant or of one principal: what models are trained on.</summary>
/// <param name="Principal">Null for the tenant itself.</param>
/// <param name="Start">Of the window, in ticks (UTC).</param>
public readonly record struct FeatureRow(Symbol Tenant, Symbol? Principal, long Start, FeatureVector Values);
