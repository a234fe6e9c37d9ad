-- What Bellhop remembers: the tables and columns of SQLite. Times are in UTC; ids are UUIDv7. JSON
-- is text, because it is hashed and compared as text; what lists are ordered by is compared byte by
-- byte, as SQLite does.

CREATE TABLE installation (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    next_number BIGINT NOT NULL
);

-- Where steady time was anchored: what it was, at how many microseconds of which run of which
-- machine. Each machine that replicas run on has its own.
CREATE TABLE anchors (
    run TEXT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    boot BIGINT NOT NULL
);

CREATE TABLE people (
    id UUID PRIMARY KEY,
    handle TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    -- Whose bot it is; none for people.
    owner_id UUID REFERENCES people (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE identities (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id UUID NOT NULL REFERENCES people (id),
    linked_at TIMESTAMPTZ NOT NULL,
    -- Who linked it; none when it came with the person.
    linked_by UUID REFERENCES people (id),
    PRIMARY KEY (provider, subject)
);

CREATE TABLE integrations (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    -- What the configuration file says of it.
    declared TEXT NOT NULL,
    -- What it takes to reach the system, once connected. Never a secret.
    settings TEXT,
    -- Which system it is, by an id that the system keeps for life.
    pin TEXT,
    status TEXT NOT NULL,
    status_why TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- When it was taken out of the configuration. What was granted there still refers to it.
    removed_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX integrations_in_use ON integrations (name) WHERE removed_at IS NULL;

-- What can be asked for there, as the last complete list had it; and how far that list is. Every
-- change of it has a version of its own.
CREATE TABLE resource_lists (
    integration_id UUID PRIMARY KEY REFERENCES integrations (id),
    version BIGINT NOT NULL,
    resources BIGINT NOT NULL,
    synced_at TIMESTAMPTZ
);

CREATE TABLE resources (
    integration_id UUID NOT NULL REFERENCES integrations (id),
    resource_type TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    uid TEXT NOT NULL,
    tags TEXT NOT NULL,
    -- When it was first seen as it is.
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (integration_id, resource_type, name)
);

-- The permissions on resources of a type: on the one that is named, or on all of them.
CREATE TABLE offers (
    integration_id UUID NOT NULL REFERENCES integrations (id),
    resource_type TEXT NOT NULL,
    permission TEXT NOT NULL,
    only_on TEXT NOT NULL,
    PRIMARY KEY (integration_id, resource_type, permission, only_on)
);

CREATE TABLE flows (
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    in_force BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX flows_in_force ON flows (id) WHERE in_force;

-- The configuration files in force, as they were read: of a backend's own folder, or applied by
-- somebody from elsewhere.
CREATE TABLE configuration (
    name TEXT COLLATE "C" PRIMARY KEY,
    content TEXT NOT NULL,
    origin TEXT NOT NULL
);

-- Identities that Bellhop makes in connected systems; a name is never used twice.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    integration_id UUID NOT NULL REFERENCES integrations (id),
    person_id UUID NOT NULL REFERENCES people (id),
    created_at TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX accounts_in_use ON accounts (integration_id, person_id)
    WHERE retired_at IS NULL;

CREATE TABLE requests (
    id UUID PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    requester_id UUID NOT NULL REFERENCES people (id),
    flow_id TEXT COLLATE "C" NOT NULL,
    flow_version BIGINT NOT NULL,
    reason TEXT NOT NULL,
    duration_seconds BIGINT NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    -- The targets that were asked for, each with the system that it was in.
    wanted TEXT NOT NULL,
    decision TEXT NOT NULL,
    version BIGINT NOT NULL,
    FOREIGN KEY (flow_id, flow_version) REFERENCES flows (id, version)
);
CREATE INDEX requests_by_requester ON requests (requester_id, number);
CREATE INDEX requests_by_flow ON requests (flow_id, number);
CREATE INDEX requests_open ON requests (number) WHERE status NOT IN ('denied', 'withdrawn', 'lapsed', 'ended', 'failed');

CREATE TABLE grants (
    id UUID PRIMARY KEY,
    request_id UUID NOT NULL REFERENCES requests (id),
    position BIGINT NOT NULL,
    integration_id UUID NOT NULL REFERENCES integrations (id),
    target TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (name),
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (request_id, position)
);
CREATE INDEX grants_by_account ON grants (account, state);
CREATE INDEX grants_open ON grants (integration_id)
    WHERE state NOT IN ('ended', 'apply_failed');

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    urgency BIGINT NOT NULL,
    -- Whether it takes access away, or gives and looks after it: each has its own workers.
    taking BOOLEAN NOT NULL,
    request_id UUID REFERENCES requests (id),
    grant_id UUID REFERENCES grants (id),
    integration_id UUID REFERENCES integrations (id),
    lane TEXT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    attempt BIGINT NOT NULL,
    last_error TEXT,
    lease_owner UUID,
    lease_until TIMESTAMPTZ
);
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
    person_id UUID NOT NULL REFERENCES people (id),
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What was found in a connected system and should not be there, until it is shown to be gone. The
-- grant whose end it stands in the way of is empty for what a sweep found.
CREATE TABLE drift (
    integration_id UUID NOT NULL REFERENCES integrations (id),
    of_grant TEXT NOT NULL,
    what TEXT NOT NULL,
    found_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (integration_id, of_grant, what)
);

CREATE TABLE audit_events (
    seq BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    request_number BIGINT,
    text TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_events_by_request ON audit_events (request_number, seq);
CREATE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_events_stay_as_written BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_stay();
CREATE TRIGGER audit_events_are_never_deleted BEFORE DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_stay();
CREATE TRIGGER audit_events_are_never_emptied BEFORE TRUNCATE ON audit_events
    EXECUTE FUNCTION audit_events_stay();

CREATE TABLE audit_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    -- When the newest row was written; none while there is no row.
    at TIMESTAMPTZ
);
INSERT INTO audit_head (one, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
