-- Version 2. 'state' is the latest revision's, so that open alerts are found without reading all.
ALTER TABLE alert ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
CREATE INDEX alert_by_state ON alert (state, detected_at, id);
