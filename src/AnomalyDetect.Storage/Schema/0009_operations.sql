-- Version 9. Enforcement halted in one tenant: a row for each.
CREATE TABLE tenant_halt (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    since     INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    reason    TEXT NOT NULL
) STRICT;

-- Who is told that a decision waits: gone once somebody answers or its time is over, with what was not sent by then.
CREATE TABLE held_notice (
    decision TEXT NOT NULL REFERENCES decision (id),
    delivery INTEGER NOT NULL REFERENCES delivery (sequence),
    PRIMARY KEY (decision, delivery)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_waiting_of_tenant ON decision (tenant_id) WHERE state = 4;

-- Playbooks that were in force, by the version the ledger has: what a start falls back to when the file cannot be used. The newest few are kept.
CREATE TABLE playbook (
    version  TEXT NOT NULL PRIMARY KEY,
    json     BLOB NOT NULL,
    taken_at INTEGER NOT NULL
) STRICT;
