-- Version 7. Decisions a person asked for bear who it was in 'requested_by'. 'verified_sequence' is the change (feed sequence) that every live bouncer was seen to hold.
ALTER TABLE decision ADD COLUMN requested_by TEXT;
ALTER TABLE decision ADD COLUMN verified_sequence INTEGER;
CREATE INDEX decision_of_tenants ON decision (admitted_at, value) WHERE scope = 'tenant' AND admitted_at IS NOT NULL;

-- Of what enforcers ended by a revocation: sketches that count each once, whoever saw it (Core's DistinctSketch), and what they come to.
CREATE TABLE decision_reach (
    decision   TEXT NOT NULL PRIMARY KEY REFERENCES decision (id),
    principals BLOB NOT NULL,
    sessions   BLOB NOT NULL,
    tokens     BLOB NOT NULL
) STRICT;
ALTER TABLE decision_enforcement ADD COLUMN principals INTEGER;
ALTER TABLE decision_enforcement ADD COLUMN sessions INTEGER;
ALTER TABLE decision_enforcement ADD COLUMN tokens INTEGER;

-- Bouncers that followed the feed lately, so that after a start none is taken for gone that only has not asked yet. 'tenants': a JSON array, empty for all.
CREATE TABLE bouncer (
    name       TEXT NOT NULL PRIMARY KEY,
    tenants    TEXT NOT NULL,
    live_until INTEGER NOT NULL
) STRICT;

-- Up to which feed sequence changes were looked at for whether bouncers hold them; what was in force before is not asked about.
INSERT INTO counter (name, value) SELECT 'verified', value FROM counter WHERE name = 'feed';
