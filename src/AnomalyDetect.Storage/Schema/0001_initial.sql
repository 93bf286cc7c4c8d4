-- Version 1. Times are UTC in ticks of 100 ns since 0001-01-01. Enumerations are the numbers of their Core enums, which are append only.

-- Settings fixed at first use.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Numbers that only grow: 'feed' (newest feed sequence), 'rejections' (rejections in all).
CREATE TABLE counter (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counter (name, value) VALUES ('feed', 0), ('rejections', 0);

-- The hash chain: layout of the hash in Core's LedgerChain. 'payload' is null for kinds 'alert' and 'decision', whose bytes stand in their own tables.
CREATE TABLE ledger (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    format       INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    payload_hash BLOB NOT NULL,
    payload      BLOB,
    hash         BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_hash ON ledger (hash);

-- Every revision of every alert, byte for byte; 'entry' is the ledger entry that records it.
CREATE TABLE alert_revision (
    entry    INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (sequence),
    alert_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    json     BLOB NOT NULL,
    UNIQUE (alert_id, revision)
) STRICT;

-- Where each alert stands: its latest revision.
CREATE TABLE alert (
    id          TEXT NOT NULL PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    detected_at INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    entry       INTEGER NOT NULL REFERENCES alert_revision (entry)
) STRICT;
CREATE INDEX alert_by_time ON alert (detected_at, id);
CREATE INDEX alert_by_tenant ON alert (tenant_id, detected_at, id);

CREATE TABLE notification (
    id       TEXT NOT NULL,
    audience INTEGER NOT NULL,
    entry    INTEGER NOT NULL REFERENCES alert_revision (entry),
    json     BLOB NOT NULL,
    PRIMARY KEY (id, audience)
) STRICT;

-- 'feed_sequence' is null for a simulated decision; 'end_entry' is the ledger entry that records its expiry or undoing.
CREATE TABLE decision (
    entry         INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (sequence),
    id            TEXT NOT NULL UNIQUE,
    tenant_id     TEXT NOT NULL,
    expires_at    INTEGER NOT NULL,
    state         INTEGER NOT NULL,
    feed_sequence INTEGER UNIQUE,
    end_entry     INTEGER REFERENCES ledger (sequence),
    json          BLOB NOT NULL
) STRICT;
CREATE INDEX decision_in_force ON decision (feed_sequence) WHERE state = 0;
CREATE INDEX decision_by_expiry ON decision (expires_at, entry) WHERE state = 0;
CREATE INDEX decision_by_tenant ON decision (tenant_id, feed_sequence) WHERE feed_sequence IS NOT NULL;

-- 'handed_out' is set before an enforcement is first handed to the delivery loop: only one that never was can be called off unsent.
CREATE TABLE delivery (
    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    target     TEXT NOT NULL,
    kind       INTEGER NOT NULL,
    subject_id TEXT NOT NULL,
    tenant_id  TEXT NOT NULL,
    body       BLOB NOT NULL,
    not_after  INTEGER,
    state      INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    handed_out INTEGER NOT NULL,
    result     TEXT
) STRICT;
CREATE INDEX delivery_pending ON delivery (target, sequence, due_at) WHERE state = 0;
CREATE INDEX delivery_pending_due ON delivery (target, due_at) WHERE state = 0;
CREATE INDEX delivery_dead ON delivery (target, sequence) WHERE state = 2;
CREATE INDEX delivery_subject ON delivery (subject_id, target) WHERE kind <> 0;

-- The dead letter: the newest records that could not be read.
CREATE TABLE rejection (
    sequence  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    lane      TEXT NOT NULL,
    partition INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    item      INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    detail    TEXT NOT NULL,
    sample    BLOB NOT NULL,
    UNIQUE (lane, partition, position, item)
) STRICT;

-- The options and playbook each engine version stands for.
CREATE TABLE engine (
    saved   INTEGER NOT NULL PRIMARY KEY,
    version TEXT NOT NULL UNIQUE,
    json    TEXT NOT NULL
) STRICT;

-- 'outcome_offset': all before it is in the store. The checkpoint's columns are null until one is saved.
CREATE TABLE lane (
    name                   TEXT NOT NULL PRIMARY KEY,
    outcome_offset         INTEGER NOT NULL,
    checkpoint_offset      INTEGER,
    checkpoint_observed_at INTEGER,
    checkpoint_engine      TEXT,
    checkpoint_length      INTEGER,
    checkpoint_hash        BLOB
) STRICT;

CREATE TABLE checkpoint_chunk (
    lane  TEXT NOT NULL REFERENCES lane (name),
    part  INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (lane, part)
) STRICT;

-- Only the hash of a key is kept. Roles and tenants are JSON arrays.
CREATE TABLE api_key (
    id          TEXT NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    roles       TEXT NOT NULL,
    tenants     TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;
