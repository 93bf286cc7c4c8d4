using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Chain;

/// <summary>A kind of row that was written past the ledger. The query gives the entry at fault (null: the one that is not there) and the row's name.</summary>
internal sealed record UnrecordedRows(string Query, string Reason)
{
    internal static readonly UnrecordedRows[] Rules =
    [
        WithoutEntry("alert_revision", "r.alert_id || '_' || r.revision", "alert", "no entry records the alert revision"),
        WithoutEntry("decision", "r.id", "decision", "no entry records the decision"),
        new(
            """
            SELECT d.entry, d.id FROM decision d
            LEFT JOIN ledger l ON l.sequence = d.end_entry AND l.kind = 'decision_end' AND l.subject = d.id
            WHERE (d.state IN (2, 3, 5)) <> (l.sequence IS NOT NULL) ORDER BY d.entry LIMIT 1
            """,
            "no entry records the end of the decision"),
        new(
            """
            SELECT d.entry, d.id FROM decision d
            LEFT JOIN ledger l ON l.sequence = d.approved_entry AND l.subject = d.id AND (l.kind = 'decision_step' OR l.sequence = d.entry)
            WHERE (d.state IN (0, 2, 3)) <> (l.sequence IS NOT NULL) ORDER BY d.entry LIMIT 1
            """,
            "no entry records the approval of the decision"),
        new(
            """
            SELECT NULL, a.id FROM alert a LEFT JOIN ledger l ON l.sequence = a.acknowledged_entry AND l.kind = 'acknowledgement' AND l.subject = a.id
            WHERE a.acknowledged_entry IS NOT NULL AND l.sequence IS NULL ORDER BY a.id LIMIT 1
            """,
            "no entry records the acknowledgement of"),
        new(
            """
            SELECT d.entry, d.id FROM decision_enforcement e JOIN decision d ON d.id = e.decision
            LEFT JOIN ledger l ON l.sequence = e.ledger_entry AND l.kind = 'enforcement' AND l.subject = d.id
            WHERE (d.state = 1) <> (l.sequence IS NULL) ORDER BY d.entry LIMIT 1
            """,
            "no entry records the enforcement of the decision"),
        new(
            """
            SELECT r.entry, r.alert_id FROM alert_revision r LEFT JOIN alert a ON a.id = r.alert_id
            WHERE a.id IS NULL OR a.revision < r.revision ORDER BY r.entry LIMIT 1
            """,
            "an earlier revision, or none, stands for the alert"),
        new(
            """
            SELECT r.entry, a.id FROM alert a LEFT JOIN alert_revision r ON r.entry = a.entry AND r.alert_id = a.id AND r.revision = a.revision
            WHERE r.entry IS NULL OR json_extract(CAST(r.json AS TEXT), '$.tenant_id') <> a.tenant_id ORDER BY a.entry LIMIT 1
            """,
            "another revision or tenant stands for the alert"),
        new(
            """
            SELECT a.entry, a.id FROM alert a JOIN alert_revision r ON r.entry = a.entry
            WHERE (a.state = 1) <> (coalesce(json_extract(CAST(r.json AS TEXT), '$.state'), 'open') = 'resolved') ORDER BY a.entry LIMIT 1
            """,
            "its latest revision contradicts the state of the alert"),
        WithoutEntry("verdict", "r.alert_id", "verdict", "no entry records the verdict on"),
        new(
            """
            SELECT a.entry, a.id FROM alert a LEFT JOIN verdict v ON v.entry = (SELECT max(entry) FROM verdict WHERE alert_id = a.id)
            WHERE a.verdict IS NOT v.verdict OR a.verdict_entry IS NOT v.entry ORDER BY a.entry LIMIT 1
            """,
            "another verdict than the latest stands for the alert"),
        new(
            """
            SELECT a.entry, a.id FROM alert a JOIN (SELECT entry, CAST(json AS TEXT) AS j FROM alert_revision) r ON r.entry = a.entry
            WHERE a.signal <> json_extract(j, '$.signal') OR a.entity_kind <> json_extract(j, '$.entity_kind') OR a.entity <> coalesce(json_extract(j, '$.evidence[0].entity.id'), a.entity)
            OR a.severity <> CASE json_extract(j, '$.severity') WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END
            ORDER BY a.entry LIMIT 1
            """,
            "its latest revision contradicts what is searched by of the alert"),
        WithoutEntry("manual_resolution", "r.alert_id", "resolution", "no entry records the resolution by hand of"),
        new(
            """
            SELECT a.entry, a.id FROM alert a LEFT JOIN manual_resolution r ON r.entry = (SELECT max(entry) FROM manual_resolution WHERE alert_id = a.id)
            WHERE a.resolved_revision IS NOT r.revision OR a.resolved_entry IS NOT r.entry ORDER BY a.entry LIMIT 1
            """,
            "another resolution by hand than the latest stands for the alert"),
        new(
            """
            SELECT x.entry, x.id FROM alert_exception x LEFT JOIN ledger l ON l.sequence = x.entry AND l.kind = 'exception' AND l.subject = x.id
            WHERE l.sequence IS NULL OR json_extract(CAST(l.payload AS TEXT), '$.tenant_id') <> x.tenant_id ORDER BY x.entry LIMIT 1
            """,
            "no entry records the exception"),
    ];

    /// <summary>Rows of a table that names in <c>entry</c> what records them.</summary>
    /// <param name="name">Of a row <c>r</c>, as an expression.</param>
    private static UnrecordedRows WithoutEntry(string table, string name, string kind, string reason) => new(
        $"""
        SELECT NULL, {name} FROM {table} r
        LEFT JOIN ledger l ON l.sequence = r.entry AND l.kind = '{kind}' WHERE l.sequence IS NULL ORDER BY r.entry LIMIT 1
        """,
        reason);

    /// <param name="next">The entry that would record the row, were there one.</param>
    internal (long Entry, string Reason)? Find(SqliteSession session, long next)
    {
        using var rows = session[Query].Rows();
        return rows.Read() ? (rows.IsDBNull(0) ? next : rows.GetInt64(0), $"{Reason} {rows.GetString(1)}") : null;
    }
}
