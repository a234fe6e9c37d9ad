//! A request: one person asks for targets under exactly one flow.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{EndReason, Grant, GrantId, GrantState, PersonId, RequestId, RequestNumber, Span};

/// What one person asked for. Its grants say how far it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// The number people say.
    pub number: RequestNumber,
    /// Who asked.
    pub requester: PersonId,
    /// The one flow that it obeys.
    pub flow: FlowVersion,
    /// Why, in the requester's words; empty when the flow lets it be left out.
    pub reason: String,
    /// For how long.
    pub duration: Span,
    /// When it was asked for.
    pub submitted_at: DateTime<Utc>,
    /// Counts writes; every update is guarded by it.
    pub version: i64,
    /// What was decided.
    pub decision: Decision,
}

/// A flow as it was when the request was decided under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowVersion {
    /// The flow.
    pub id: String,
    /// Its version.
    pub version: i64,
}

/// What was decided about a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decided", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// Access is given until the deadline.
    Approved {
        /// When.
        at: DateTime<Utc>,
        /// Approval plus duration, stored before the first effect and one for all grants.
        deadline: DateTime<Utc>,
    },
}

/// A request and its grants: what a transition reads and writes as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The request.
    pub request: Request,
    /// Its grants, one a target.
    pub grants: Vec<Grant>,
}

/// Where a request stands as a whole, computed from its grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// At least one grant is being set up.
    Granting,
    /// At least one grant is usable and none is being set up.
    Active,
    /// At least one grant is being taken away and none is usable.
    Revoking,
    /// Taking a grant away has failed for a while, and none is usable.
    RevokeStuck,
    /// Everything is shown to be gone.
    Ended(EndReason),
    /// Nothing ever came to be.
    Failed,
}

impl Access {
    /// The moment at which everything ends.
    pub fn deadline(&self) -> DateTime<Utc> {
        let Decision::Approved { deadline, .. } = self.request.decision;
        deadline
    }

    /// One of the grants.
    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    /// Where the request stands as a whole.
    pub fn status(&self) -> Status {
        let any = |test: fn(&GrantState) -> bool| self.grants.iter().any(|g| test(&g.state));
        if any(GrantState::is_being_set_up) {
            return Status::Granting;
        }
        if any(|s| matches!(s, GrantState::Active { .. })) {
            return Status::Active;
        }
        if any(|s| matches!(s, GrantState::RevokeStuck { .. })) {
            return Status::RevokeStuck;
        }
        if any(|s| matches!(s, GrantState::Revoking { .. })) {
            return Status::Revoking;
        }
        self.grants
            .iter()
            .find_map(|g| ended_after_use(&g.state))
            .map_or(Status::Failed, Status::Ended)
    }
}

fn ended_after_use(state: &GrantState) -> Option<EndReason> {
    let GrantState::Ended { reason, was_active: true, .. } = state else {
        return None;
    };
    Some(*reason)
}

impl Status {
    /// The status as the store and the API write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Granting => "granting",
            Self::Active => "active",
            Self::Revoking | Self::RevokeStuck => "revoking",
            Self::Ended(_) => "ended",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Ended(_) | Self::Failed)
    }
}
