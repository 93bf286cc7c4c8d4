-- Version 6. Keys run out, and are rotated: the text before the last rotation is good until 'previous_until'. 'last_used_at' is of some minute past.
ALTER TABLE api_key ADD COLUMN expires_at INTEGER;
ALTER TABLE api_key ADD COLUMN previous_hash BLOB;
ALTER TABLE api_key ADD COLUMN previous_until INTEGER;
ALTER TABLE api_key ADD COLUMN last_used_at INTEGER;
CREATE UNIQUE INDEX api_key_previous ON api_key (previous_hash) WHERE previous_hash IS NOT NULL;

-- What alerts are chosen by, of the latest revision: 'signal' and 'entity_kind' are the contract's words, 'severity' the number of Core's enum.
ALTER TABLE alert ADD COLUMN signal TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN severity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN entity_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN entity TEXT NOT NULL DEFAULT '';
UPDATE alert SET (signal, severity, entity_kind, entity) = (
    SELECT json_extract(j, '$.signal'),
        CASE json_extract(j, '$.severity') WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END,
        json_extract(j, '$.entity_kind'),
        coalesce(json_extract(j, '$.evidence[0].entity.id'), CASE json_extract(j, '$.entity_kind')
            WHEN 'tenant' THEN tenant_id
            WHEN 'principal' THEN json_extract(j, '$.principal_id')
            WHEN 'session' THEN json_extract(j, '$.session_id')
            WHEN 'address' THEN json_extract(j, '$.source_ip')
            WHEN 'partner' THEN json_extract(j, '$.partner_id') END, '')
    FROM (SELECT CAST(json AS TEXT) AS j FROM alert_revision WHERE alert_revision.entry = alert.entry));
CREATE INDEX alert_by_entity ON alert (entity, detected_at, id);

-- Resolved by hand: holds for the revision it names, so an alert that grows is open again. The recorded bytes are the payload of the ledger's 'entry'.
CREATE TABLE manual_resolution (
    entry    INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (sequence),
    alert_id TEXT NOT NULL REFERENCES alert (id),
    revision INTEGER NOT NULL,
    UNIQUE (alert_id, revision)
) STRICT;
ALTER TABLE alert ADD COLUMN resolved_revision INTEGER;
ALTER TABLE alert ADD COLUMN resolved_entry INTEGER REFERENCES manual_resolution (entry);

-- What a person has said is expected, on an alert. The recorded bytes are the payload of the ledger's 'entry'; said again, the newer entry stands.
CREATE TABLE alert_exception (
    id        TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    until     INTEGER NOT NULL,
    entry     INTEGER NOT NULL REFERENCES ledger (sequence),
    ended_at  INTEGER
) STRICT;
CREATE INDEX alert_exception_in_force ON alert_exception (until) WHERE ended_at IS NULL;

-- What came of one alert is found without reading all.
CREATE INDEX decision_by_alert ON decision (json_extract(CAST(json AS TEXT), '$.alert_id')) WHERE json_valid(CAST(json AS TEXT));
CREATE INDEX delivery_notification ON delivery (subject_id) WHERE kind = 0;
