-- Version 3. What analysts made of alerts: every verdict stays, the latest counts. The recorded bytes are the payload of the ledger's 'entry'.
CREATE TABLE verdict (
    entry    INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (sequence),
    alert_id TEXT NOT NULL REFERENCES alert (id),
    verdict  INTEGER NOT NULL
) STRICT;
CREATE INDEX verdict_by_alert ON verdict (alert_id, entry);

-- The latest verdict and its entry; null before the first.
ALTER TABLE alert ADD COLUMN verdict INTEGER;
ALTER TABLE alert ADD COLUMN verdict_entry INTEGER REFERENCES ledger (sequence);
CREATE INDEX alert_by_verdict ON alert (verdict, detected_at, id);
