-- What Bellhop remembers. Times are RFC 3339 text in UTC; ids are UUIDv7.

CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id BLOB NOT NULL,
    created_at TEXT NOT NULL,
    next_number INTEGER NOT NULL
) STRICT;

-- Where steady time was anchored: what it was, at how many microseconds of which run of which
-- machine. On PostgreSQL each machine that replicas run on has its own.
CREATE TABLE anchors (
    run TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    boot INTEGER NOT NULL
) STRICT;

CREATE TABLE people (
    id BLOB PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    active INTEGER NOT NULL,
    -- Whose bot it is; none for people.
    owner_id BLOB REFERENCES people (id),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE identities (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id BLOB NOT NULL REFERENCES people (id),
    linked_at TEXT NOT NULL,
    -- Who linked it; none when it came with the person.
    linked_by BLOB REFERENCES people (id),
    PRIMARY KEY (provider, subject)
) STRICT;

CREATE TABLE integrations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What the configuration file says of it.
    declared TEXT NOT NULL,
    -- What it takes to reach the system, once connected. Never a secret.
    settings TEXT,
    -- Which system it is, by an id that the system keeps for life.
    pin TEXT,
    status TEXT NOT NULL,
    status_why TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    -- When it was taken out of the configuration. What was granted there still refers to it.
    removed_at TEXT
) STRICT;
CREATE UNIQUE INDEX integrations_in_use ON integrations (name) WHERE removed_at IS NULL;

-- What can be asked for there, as the last complete list had it; and how far that list is. Every
-- change of it has a version of its own.
CREATE TABLE resource_lists (
    integration_id BLOB PRIMARY KEY REFERENCES integrations (id),
    version INTEGER NOT NULL,
    resources INTEGER NOT NULL,
    synced_at TEXT
) STRICT;

CREATE TABLE resources (
    integration_id BLOB NOT NULL REFERENCES integrations (id),
    resource_type TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    tags TEXT NOT NULL,
    -- When it was first seen as it is.
    seen_at TEXT NOT NULL,
    PRIMARY KEY (integration_id, resource_type, name)
) STRICT;

-- The permissions on resources of a type: on the one that is named, or on all of them.
CREATE TABLE offers (
    integration_id BLOB NOT NULL REFERENCES integrations (id),
    resource_type TEXT NOT NULL,
    permission TEXT NOT NULL,
    only_on TEXT NOT NULL,
    PRIMARY KEY (integration_id, resource_type, permission, only_on)
) STRICT;

CREATE TABLE flows (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    in_force INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;
CREATE UNIQUE INDEX flows_in_force ON flows (id) WHERE in_force;

-- The configuration files in force, as they were read: of a backend's own folder, or applied by
-- somebody from elsewhere.
CREATE TABLE configuration (
    name TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    origin TEXT NOT NULL
) STRICT;

-- Identities that Bellhop makes in connected systems; a name is never used twice.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    integration_id BLOB NOT NULL REFERENCES integrations (id),
    person_id BLOB NOT NULL REFERENCES people (id),
    created_at TEXT NOT NULL,
    retired_at TEXT
) STRICT;
CREATE UNIQUE INDEX accounts_in_use ON accounts (integration_id, person_id)
    WHERE retired_at IS NULL;

CREATE TABLE requests (
    id BLOB PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    requester_id BLOB NOT NULL REFERENCES people (id),
    flow_id TEXT NOT NULL,
    flow_version INTEGER NOT NULL,
    reason TEXT NOT NULL,
    duration_seconds INTEGER NOT NULL,
    submitted_at TEXT NOT NULL,
    status TEXT NOT NULL,
    -- The targets that were asked for, each with the system that it was in.
    wanted TEXT NOT NULL,
    decision TEXT NOT NULL,
    version INTEGER NOT NULL,
    FOREIGN KEY (flow_id, flow_version) REFERENCES flows (id, version)
) STRICT;
CREATE INDEX requests_by_requester ON requests (requester_id, number);
CREATE INDEX requests_by_flow ON requests (flow_id, number);
CREATE INDEX requests_open ON requests (number) WHERE status NOT IN ('denied', 'withdrawn', 'lapsed', 'ended', 'failed');

CREATE TABLE grants (
    id BLOB PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES requests (id),
    position INTEGER NOT NULL,
    integration_id BLOB NOT NULL REFERENCES integrations (id),
    target TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (name),
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (request_id, position)
) STRICT;
CREATE INDEX grants_by_account ON grants (account, state);
CREATE INDEX grants_open ON grants (integration_id)
    WHERE state NOT IN ('ended', 'apply_failed');

CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    -- Whether it takes access away, or gives and looks after it: each has its own workers.
    taking INTEGER NOT NULL,
    request_id BLOB REFERENCES requests (id),
    grant_id BLOB REFERENCES grants (id),
    integration_id BLOB REFERENCES integrations (id),
    lane TEXT NOT NULL,
    run_at TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    last_error TEXT,
    lease_owner BLOB,
    lease_until TEXT
) STRICT;
-- What waits, in the order in which it is claimed, and by time alone; and what is leased.
CREATE INDEX jobs_due ON jobs (urgency, run_at, id) WHERE lease_until IS NULL;
CREATE INDEX jobs_next ON jobs (taking, run_at) WHERE lease_until IS NULL;
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX jobs_by_grant ON jobs (grant_id);
CREATE INDEX jobs_rechecks ON jobs (grant_id) WHERE kind = 'recheck';
-- Looking after an integration is one job of each kind, which comes back.
CREATE UNIQUE INDEX jobs_of_integrations ON jobs (kind, integration_id)
    WHERE integration_id IS NOT NULL;
-- Effects on one thing never overlap: one job a lane holds a lease.
CREATE UNIQUE INDEX jobs_one_lease_a_lane ON jobs (lane) WHERE lease_until IS NOT NULL;

-- Answers to calls that may come twice.
CREATE TABLE idempotency_keys (
    person_id BLOB NOT NULL REFERENCES people (id),
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (person_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What was found in a connected system and should not be there, until it is shown to be gone. The
-- grant whose end it stands in the way of is empty for what a sweep found.
CREATE TABLE drift (
    integration_id BLOB NOT NULL REFERENCES integrations (id),
    of_grant TEXT NOT NULL,
    what TEXT NOT NULL,
    found_at TEXT NOT NULL,
    PRIMARY KEY (integration_id, of_grant, what)
) STRICT;

CREATE TABLE audit_events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    request_number INTEGER,
    text TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_events_by_request ON audit_events (request_number, seq);
CREATE TRIGGER audit_events_stay_as_written BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_events_are_never_deleted BEFORE DELETE ON audit_events
    BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    -- When the newest row was written; none while there is no row.
    at TEXT
) STRICT;
INSERT INTO audit_head (one, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
