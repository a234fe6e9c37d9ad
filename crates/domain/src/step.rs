//! What a transition asks the store to write, all or nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Access, Actor, GrantId, IntegrationId, RequestId, RequestNumber, Target};

/// A transition: the next state, what the audit log says of it, and the work that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is true afterwards.
    pub next: Access,
    /// One row a change.
    pub events: Vec<Event>,
    /// Work for later, enqueued in the same transaction.
    pub jobs: Vec<NewJob>,
}

impl Step {
    /// This transition and the one decided on what it leads to, as one.
    #[must_use]
    pub fn and_then(mut self, later: Self) -> Self {
        self.events.extend(later.events);
        self.jobs.extend(later.jobs);
        Self { next: later.next, ..self }
    }
}

/// One row of the audit log, before the store gives it its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened, such as `grant.active`.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// What it happened to.
    pub subject: Subject,
    /// The state before; nothing for something new.
    pub before: Option<Value>,
    /// The state after.
    pub after: Value,
}

/// What an event happened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Subject {
    /// A request.
    Request {
        /// Its id.
        id: RequestId,
        /// Its number.
        number: RequestNumber,
    },
    /// A grant of a request.
    Grant {
        /// Its id.
        id: GrantId,
        /// The number of its request.
        number: RequestNumber,
        /// What it grants.
        target: Target,
    },
    /// Something that is set up rather than asked for: an integration, a flow, a person.
    Setting {
        /// Its name.
        name: String,
    },
}

/// Work for later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What is to be done.
    pub kind: JobKind,
    /// What it concerns.
    pub about: About,
    /// Jobs of one lane never overlap.
    pub lane: String,
    /// When it is due.
    pub run_at: DateTime<Utc>,
}

/// What a job concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A whole request.
    Request(RequestId),
    /// One grant of a request.
    Grant(RequestId, GrantId),
    /// A connected system.
    Integration(IntegrationId),
}

impl About {
    /// The request, when it concerns one or a grant of one.
    pub fn request(self) -> Option<RequestId> {
        match self {
            Self::Request(request) | Self::Grant(request, _) => Some(request),
            Self::Integration(_) => None,
        }
    }

    /// The grant, when it concerns one.
    pub fn grant(self) -> Option<GrantId> {
        match self {
            Self::Grant(_, grant) => Some(grant),
            Self::Request(_) | Self::Integration(_) => None,
        }
    }

    /// The integration, when it concerns a whole one.
    pub fn integration(self) -> Option<IntegrationId> {
        match self {
            Self::Integration(integration) => Some(integration),
            Self::Request(_) | Self::Grant(..) => None,
        }
    }
}

/// What a job does, in order of urgency: taking away goes before giving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Ends a request at its deadline.
    Expire,
    /// Takes a grant away.
    Revoke,
    /// Closes a request, or an extension, that nobody decided about in time.
    Lapse,
    /// Shows that a grant is usable.
    Verify,
    /// Makes a grant.
    Apply,
    /// Tells the system of a deadline that moved.
    Extend,
    /// Reads once more what was taken away.
    Recheck,
    /// Asks a connected system how it is.
    Check,
    /// Compares what is in a connected system with what is stored.
    Sweep,
    /// Reads what can be asked for in a connected system.
    Sync,
}

impl JobKind {
    /// All kinds, the most urgent first.
    pub const ALL: [Self; 10] = [
        Self::Expire,
        Self::Revoke,
        Self::Lapse,
        Self::Verify,
        Self::Apply,
        Self::Extend,
        Self::Recheck,
        Self::Check,
        Self::Sweep,
        Self::Sync,
    ];

    /// The kind's name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Revoke => "revoke",
            Self::Lapse => "lapse",
            Self::Verify => "verify",
            Self::Apply => "apply",
            Self::Extend => "extend",
            Self::Recheck => "recheck",
            Self::Check => "check",
            Self::Sweep => "sweep",
            Self::Sync => "sync",
        }
    }

    /// Whether it takes access away or closes what is open, rather than giving or looking.
    pub fn takes_away(self) -> bool {
        self.urgency() <= Self::Lapse.urgency()
    }

    /// Lower goes first when several jobs are due.
    pub fn urgency(self) -> i64 {
        self as i64
    }
}

/// The lane of a grant's effects: what touches the same thing for the same identity is one lane.
pub fn effect_lane(target: &Target, account: &str) -> String {
    format!("{target}@{account}")
}

/// The lane of work on a whole integration.
pub fn integration_lane(kind: JobKind, integration: IntegrationId) -> String {
    format!("{} {integration}", kind.name())
}
