-- Version 10. Tenants whose telemetry was out of time: one row for each tenant and kind (0 late, 1 ahead), which gets a new number whenever it is noticed again. The newest are kept.
CREATE TABLE clock_fault (
    sequence    INTEGER NOT NULL PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    kind        INTEGER NOT NULL,
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    hour        INTEGER NOT NULL, -- the latest in which it was noticed
    hour_events INTEGER NOT NULL, -- of it
    hours       INTEGER NOT NULL,
    events      INTEGER NOT NULL, -- of all of them
    worst       INTEGER NOT NULL,
    event_id    TEXT NOT NULL,
    UNIQUE (tenant_id, kind)
) STRICT;
