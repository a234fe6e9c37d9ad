//! A grant: one target of one request for one identity, the unit that is applied and revoked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{GrantId, IntegrationId, PersonId, Target};

/// One target of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id; objects made outside are named after it.
    pub id: GrantId,
    /// What is granted.
    pub target: Target,
    /// The integration that the target is in.
    pub integration: IntegrationId,
    /// The identity in the target's system that the access is given to.
    pub account: String,
    /// Counts writes; every update is guarded by it.
    pub version: i64,
    /// Where it stands.
    pub state: GrantState,
}

/// Where a grant stands. Each state holds what is true then and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum GrantState {
    /// Approved; no effect yet.
    Scheduled,
    /// A worker is making the access. `before` is committed ahead of the first effect.
    Applying {
        /// When work began; it gives up ten minutes later.
        since: DateTime<Utc>,
        /// What was there before, once read.
        before: Option<Before>,
    },
    /// The access was made; it is not yet shown to work.
    Verifying {
        /// When work on it began.
        since: DateTime<Utc>,
        /// What was there before.
        before: Before,
    },
    /// A probe as the grantee succeeded.
    Active {
        /// When the probe succeeded.
        since: DateTime<Utc>,
        /// What was there before.
        before: Before,
        /// What the probe saw.
        proof: Proof,
    },
    /// The access is being taken away.
    Revoking {
        /// Why and when.
        ending: Ending,
    },
    /// Taking it away has failed for a while: it may still be open, and is tried again for ever.
    RevokeStuck {
        /// Why and when.
        ending: Ending,
        /// What the last try said.
        error: String,
    },
    /// Shown to be gone.
    Ended {
        /// When it was shown.
        at: DateTime<Utc>,
        /// Why it ended.
        reason: EndReason,
        /// Whether it was ever usable.
        was_active: bool,
        /// What shows that it is gone.
        proof: Proof,
        /// What was there before it, if that was read.
        found: Option<Found>,
    },
    /// It never came to be, and a read says that nothing is there.
    ApplyFailed {
        /// When that was shown.
        at: DateTime<Utc>,
        /// What went wrong.
        why: String,
        /// What was there before it, if that was read.
        found: Option<Found>,
    },
}

/// An end under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// When the end was decided.
    pub since: DateTime<Utc>,
    /// Why.
    pub cause: EndCause,
    /// What was there before the grant, if that was read.
    pub before: Option<Before>,
    /// Whether the grant was usable.
    pub was_active: bool,
}

/// Why a grant is being taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EndCause {
    /// It ends, for this reason.
    End {
        /// The reason people read.
        reason: EndReason,
        /// Who ended it; nobody for a timer.
        by: Option<PersonId>,
    },
    /// Making it failed, and what was made is undone.
    Undo {
        /// What went wrong.
        why: String,
    },
}

/// Why access ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The deadline came.
    Expired,
    /// The requester gave it back.
    Returned,
    /// Somebody else ended it.
    Revoked,
    /// It was removed outside Bellhop.
    Drift,
    /// The target was deleted.
    Gone,
    /// The person was deactivated.
    Ineligible,
}

/// What was there before the first effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// Whether the person held the access already.
    pub found: Found,
    /// The connector's own notes: which probes to use, which object the target is.
    pub plan: Value,
}

/// Whether somebody held an access before it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Nothing was there; what is there later is ours.
    Absent,
    /// The person held it already; it is never removed.
    Standing,
}

/// What shows that a grant is usable, or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proof {
    /// The system said so when asked as the grantee.
    Probed {
        /// What was asked and answered, in words.
        said: String,
    },
    /// The object was read back, and there was nothing to ask as the grantee.
    ReadBack {
        /// Why there was nothing to ask.
        said: String,
    },
    /// Gone, but other access of the same person allows the same.
    Covered {
        /// What explains it.
        by: String,
    },
}

impl GrantState {
    /// The state's name in the store, in the API and in the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Applying { .. } => "applying",
            Self::Verifying { .. } => "verifying",
            Self::Active { .. } => "active",
            Self::Revoking { .. } => "revoking",
            Self::RevokeStuck { .. } => "revoke_stuck",
            Self::Ended { .. } => "ended",
            Self::ApplyFailed { .. } => "apply_failed",
        }
    }

    /// Whether nothing more can happen to the grant.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::ApplyFailed { .. })
    }

    /// Whether the grant is on its way to being usable.
    pub fn is_being_set_up(&self) -> bool {
        matches!(self, Self::Scheduled | Self::Applying { .. } | Self::Verifying { .. })
    }

    /// Whether the grant is, or may become, usable, and so needs the account it was given to.
    pub fn wants_account(&self) -> bool {
        self.is_being_set_up() || matches!(self, Self::Active { .. })
    }

    /// What was there before, once that is known.
    pub fn before(&self) -> Option<&Before> {
        match self {
            Self::Applying { before, .. } => before.as_ref(),
            Self::Verifying { before, .. } | Self::Active { before, .. } => Some(before),
            Self::Revoking { ending } | Self::RevokeStuck { ending, .. } => ending.before.as_ref(),
            Self::Scheduled | Self::Ended { .. } | Self::ApplyFailed { .. } => None,
        }
    }
}
