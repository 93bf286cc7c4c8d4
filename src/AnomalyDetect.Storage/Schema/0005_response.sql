-- Version 5. The life of a decision: what it is aimed at stands in columns of its own, so that what stands against one thing, or came of one rule, is found without reading all.
-- 'admitted_at' is when it took effect and 'approved_entry' the ledger entry that says so (of those made before: the decision's own); both null while it waits or where it never did.
-- 'waits_until' is set while it waits for approval.
ALTER TABLE decision ADD COLUMN type TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN value TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN rule TEXT;
ALTER TABLE decision ADD COLUMN admitted_at INTEGER;
ALTER TABLE decision ADD COLUMN approved_entry INTEGER REFERENCES ledger (sequence);
ALTER TABLE decision ADD COLUMN waits_until INTEGER;
UPDATE decision SET
    type = json_extract(CAST(json AS TEXT), '$.type'), scope = json_extract(CAST(json AS TEXT), '$.scope'), value = json_extract(CAST(json AS TEXT), '$.value'),
    admitted_at = CASE WHEN state <> 1 THEN (SELECT recorded_at FROM ledger WHERE sequence = entry) END, approved_entry = CASE WHEN state <> 1 THEN entry END;
CREATE INDEX decision_against ON decision (tenant_id, value) WHERE state = 0;
CREATE INDEX decision_admitted ON decision (tenant_id, scope, admitted_at, value) WHERE admitted_at IS NOT NULL;
CREATE INDEX decision_of_rule ON decision (rule, admitted_at) WHERE state = 0;
CREATE INDEX decision_waiting ON decision (waits_until, entry) WHERE state = 4;

-- Steps between request and end, by the ledger entry that records each; a 'delivery' entry is a step too.
CREATE TABLE decision_step (
    entry    INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (sequence),
    decision TEXT NOT NULL REFERENCES decision (id)
) STRICT;
CREATE INDEX decision_step_by_decision ON decision_step (decision, entry);

-- What nothing is aimed at, because a person said so. 'tenant_id' null: in all tenants. 'kind' is a scope's word.
CREATE TABLE protection (
    id         TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT,
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    actor      TEXT NOT NULL,
    added_at   INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;

-- After an undo by hand: none like it takes effect before 'until'.
CREATE TABLE cool_off (
    tenant_id TEXT NOT NULL,
    type      TEXT NOT NULL,
    scope     TEXT NOT NULL,
    value     TEXT NOT NULL,
    until     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, type, scope, value)
) STRICT;
CREATE INDEX cool_off_by_end ON cool_off (until);

-- At most one row: all enforcement is halted.
CREATE TABLE halt (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    since  INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Principals known of each tenant, as of its last decision.
CREATE TABLE tenant_size (
    tenant_id  TEXT NOT NULL PRIMARY KEY,
    principals INTEGER NOT NULL
) STRICT;

-- Who sees to an alert: the recorded bytes are the payload of the ledger's entry.
ALTER TABLE alert ADD COLUMN acknowledged_entry INTEGER REFERENCES ledger (sequence);

-- Whom to tell when nobody acknowledges in time; gone once told or acknowledged.
CREATE TABLE escalation (
    alert_id TEXT NOT NULL REFERENCES alert (id),
    audience INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    json     BLOB NOT NULL,
    PRIMARY KEY (alert_id, audience)
) STRICT;
CREATE INDEX escalation_due ON escalation (due_at);

-- Alerts a contact was told of in this way: once each, however the alert grows.
CREATE TABLE escalated (
    alert_id TEXT NOT NULL REFERENCES alert (id),
    audience INTEGER NOT NULL,
    entry    INTEGER NOT NULL REFERENCES ledger (sequence),
    PRIMARY KEY (alert_id, audience)
) STRICT;

-- Which playbook was in force from when on.
CREATE TABLE playbook_taken (
    entry   INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (sequence),
    version TEXT NOT NULL
) STRICT;
