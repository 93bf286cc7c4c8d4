-- Version 4. What enforcers report of the decisions they carry out. 'ledger_entry' records the first enforcement; it is null for a dry run, of which
-- the count is what would have been done.
CREATE TABLE decision_enforcement (
    decision     TEXT NOT NULL PRIMARY KEY REFERENCES decision (id),
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    ledger_entry INTEGER UNIQUE REFERENCES ledger (sequence)
) STRICT;

-- The last report of each reporter, so that one sent again is counted once. The longest silent make room.
CREATE TABLE enforcement_reporter (
    name    TEXT NOT NULL PRIMARY KEY,
    number  INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX enforcement_reporter_by_silence ON enforcement_reporter (seen_at);

-- From here on a dry run too has a 'feed_sequence', for whoever asks to count what it would have done; those made before have none.
CREATE INDEX decision_simulated ON decision (expires_at) WHERE state = 1 AND feed_sequence IS NOT NULL;
