using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Persistence;

/// <summary>Who has taken an alert on, and whom else to tell while nobody has. Thread-safe.</summary>
public interface IAlertWorkStore
{
    /// <summary>
    /// Records that somebody sees to the alert, with its ledger entry; whoever was to be told next is not. The first acknowledgement stands and is returned to those
    /// who come later. Null when there is no such alert.
    /// </summary>
    AlertAcknowledgement? Acknowledge(string alertId, string actor, string? note);

    /// <summary>Tells the next contacts of alerts nobody has acknowledged in time; returns how many were told.</summary>
    int Escalate(DateTime now, int most);
}

/// <summary>Which playbooks were in force. Thread-safe.</summary>
public interface IPlaybookHistory
{
    /// <summary>Records that a playbook is in force from now on, with its ledger entry. False when it was the one in force already.</summary>
    /// <param name="source">Where it came from, such as a file's path.</param>
    bool Take(Playbook playbook, string source, string actor);

    /// <summary>The one that was in force last, for when its source cannot be used; null when there was none, or what is kept of it is not what the ledger says.</summary>
    Playbook? Last();

    /// <summary>Newest first.</summary>
    IReadOnlyList<PlaybookTaken> List(int most);
}

/// <param name="At">UTC.</param>
public sealed record PlaybookTaken(string Version, string Source, string Actor, DateTime At);
