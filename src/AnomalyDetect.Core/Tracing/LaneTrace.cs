using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Tracing;

/// <summary>What a note of a trace is about, in the order an event goes.</summary>
public enum TraceStep : byte
{
    Read, Window, Baseline, Finding, Alert, Playbook,
}

/// <param name="Text">One plain sentence.</param>
/// <param name="Chapter">Of an alert that is followed: when, and what happened to it then. Null of an event.</param>
public sealed record TraceNote(TraceStep Step, string Text, string? Chapter = null);

/// <summary>
/// Follows one event, or one alert, through a lane and takes down what is made of it. It changes nothing: what comes out of a traced lane is what comes out of
/// any other. One lane writes to it.
/// </summary>
/// <param name="eventId">The event to follow; null for none.</param>
/// <param name="alertId">The alert to follow; null for none.</param>
/// <param name="tenant">Whose event: ids are unique per tenant only. Null: of whichever comes.</param>
public sealed class LaneTrace(string? eventId, string? alertId, string? tenant = null)
{
    private const int MostNotes = 500;

    private readonly byte[] _eventId = System.Text.Encoding.UTF8.GetBytes(eventId ?? "");
    private readonly List<TraceNote> _notes = [];
    private string? _chapter;
    private UntoldFindings _untold; // of the alert followed

    /// <summary>In the order they were taken.</summary>
    public IReadOnlyList<TraceNote> Notes => _notes;

    /// <summary>The event or the alert came by.</summary>
    public bool Found { get; private set; }

    /// <summary>The event followed is being worked on right now.</summary>
    internal bool IsCurrent { get; private set; }

    /// <summary>The tenant whose minute the event stands in, and that minute; 0 when it was not used.</summary>
    internal long Minute { get; private set; }

    internal Symbol? Tenant { get; private set; }

    internal Symbol? Principal { get; private set; }

    internal bool Follows(in TelemetryEvent e) => _eventId.Length > 0 && e.Id.Utf8.SequenceEqual(_eventId) && (tenant is null || e.Tenant.Text == tenant);

    /// <summary>A window the event stands in is being closed.</summary>
    internal bool IsClosing { get; set; }

    /// <summary>It is the alert followed, or the event followed made it or added to it.</summary>
    internal bool Follows(Episode episode) => episode.Id == alertId || Concerns(episode.Entity);

    /// <summary>What is found of the entity now is of the event followed.</summary>
    internal bool Concerns(Entity entity) => IsCurrent || (IsClosing && (entity.Kind == EntityKind.Tenant || entity.Id == Principal?.Text));

    internal bool FollowsMinute(Symbol tenant, long minute) => Minute == minute && minute != 0 && tenant.Equals(Tenant);

    /// <param name="minute">The first of the window.</param>
    internal bool FollowsWindow(Symbol tenant, long minute, int minutes) => Minute >= minute && Minute < minute + minutes && Minute != 0 && tenant.Equals(Tenant);

    internal void Begin(in TelemetryEvent e, bool again)
    {
        Found = IsCurrent = true;
        (Tenant, Principal) = (e.Tenant, e.Principal);
        Note(
            TraceStep.Read,
            $"{Names.Of(e.Type)}, {Names.Of(e.Outcome)}{(e.Reason == FailureReason.None ? "" : $" ({Names.Of(e.Reason)})")}, of tenant {e.Tenant.Text}"
            + $"{(e.Principal is null ? "" : $", principal {e.Principal.Text}")}{(e.Session is null ? "" : $", session {e.Session.Text}")}"
            + $"{(e.Partner is null ? "" : $", partner {e.Partner.Text}")}{(e.SourceIp.IsNone ? "" : $", from {e.SourceIp}")}"
            + $"{(e.IsCrossTenant ? $", touching tenant {e.TargetTenant!.Text}" : "")}{(e.Count == 1 ? "" : $", standing for {Number(e.Count)}")}");
        Note(TraceStep.Read, $"happened {Time(e.OccurredAt)}, observed {Time(e.ObservedAt)}; record at offset {Number(e.Offset)}, event {Number(e.Index)} of it");
        if (e.IdentitiesAreClaims) Note(TraceStep.Read, "its proof failed, so the identities it names are claims: they are counted and never aimed at");
        if (again) Note(TraceStep.Read, "an event of this id was seen shortly before: counted as a duplicate, and not used");
    }

    /// <summary>What is noted from here on happened to the alert at this time (ticks).</summary>
    internal void Begin(long at, string what)
    {
        TellUntold();
        _chapter = $"{Time(at)}: {what}";
    }

    /// <summary>One more finding of a running alert, which does not make a revision.</summary>
    internal void Hold(Episode episode)
    {
        Found = true;
        if (episode.Id == alertId) _untold.Add(episode);
        else Note(TraceStep.Finding, $"one more finding for alert {episode.Id} ({Names.Of(episode.Signal)}), which has not grown enough to be told again");
    }

    private void TellUntold()
    {
        if (_untold.Count == 0) return;
        _chapter = $"{Time(_untold.From)}: {(_untold.Count == 1 ? "one more finding" : $"{Number(_untold.Count)} more findings, until {Time(_untold.To)}")}";
        Note(TraceStep.Finding, $"{(_untold.Count == 1 ? "" : "the strongest: ")}{AlertNotes.Of(_untold.Strongest, _untold.InEvidence)}; not grown enough to be told again");
        _untold = default;
    }

    internal void Use(long time) => Minute = time / TimeSpan.TicksPerMinute;

    internal void End() => IsCurrent = false;

    internal void Note(TraceStep step, string text)
    {
        Found = true;
        if (_notes.Count < MostNotes) _notes.Add(new TraceNote(step, text, alertId is null ? null : _chapter));
    }

    /// <summary>How an entity stands against a threshold.</summary>
    internal void Count(Signal signal, Entity entity, double count, double threshold, TimeSpan window) => Note(
        TraceStep.Window,
        $"{Names.Of(signal)}: {Names.Of(entity.Kind)} {entity.Id} stands at {Number(count)} in {window:c}, {(count > threshold ? "above" : "not above")} the limit of {Number(threshold)}");

    internal static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    internal static string Time(long ticks) => Time(new DateTime(ticks, DateTimeKind.Utc));

    internal static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
