using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Alerts;

/// <summary>Whether what the alert tells of still goes on, as far as the telemetry shows. Append only: the numbers are stored.</summary>
[JsonConverter(typeof(WordOf<AlertState>))]
public enum AlertState : byte
{
    Open, Resolved,
}

/// <summary>Why an alert is over.</summary>
[JsonConverter(typeof(WordOf<AlertResolution>))]
public enum AlertResolution : byte
{
    /// <summary>Nothing more was found for <see cref="Lanes.DetectionOptions.EpisodeGap"/>.</summary>
    Quiet,

    /// <summary>There was no room for more open alerts, or tenants: it may still go on, and would come as a new alert.</summary>
    Displaced,

    /// <summary>A person put it aside (<see cref="ManualResolution"/>). Lanes never say so.</summary>
    ByHand,
}
