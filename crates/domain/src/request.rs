//! A request: one person asks for targets under exactly one flow.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Actor, EndReason, Grant, GrantId, GrantState, IntegrationId, PersonId, RequestId,
    RequestNumber, Span, Target,
};

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
    /// What was asked for, one grant each once it is approved.
    pub wanted: Vec<Wanted>,
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

/// A target that was asked for, and the very system that it was in at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What.
    pub target: Target,
    /// The integration that its name stood for.
    pub integration: IntegrationId,
    /// The system that the integration was connected to.
    pub pin: String,
}

/// A flow as it was when the request was decided under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Nothing yet: it waits for somebody.
    Pending {
        /// From then on nobody can decide it any more.
        lapses_at: DateTime<Utc>,
    },
    /// Access is given until the deadline.
    Approved(Approved),
    /// Somebody said no.
    Denied {
        /// When.
        at: DateTime<Utc>,
        /// Who.
        by: Actor,
        /// Why, in their words.
        note: String,
    },
    /// It was taken back before anybody decided.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
        /// By its requester, or by Bellhop when the requester is not here any more.
        by: Actor,
    },
    /// Nobody decided in time.
    Lapsed {
        /// When that was noticed.
        at: DateTime<Utc>,
    },
}

/// An approval, and until when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; the system stands for a flow that approves by itself.
    pub by: Actor,
    /// Why, in the approver's words.
    pub note: String,
    /// For how long, where the approver gave less than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shorter: Option<Span>,
    /// Approval plus duration, stored before the first effect and one for all grants. Only an
    /// extension moves it.
    pub deadline: DateTime<Utc>,
    /// How often it was extended.
    pub extended: u32,
    /// The last extension that was asked for.
    pub extension: Option<Extension>,
    /// Who ended the access before its deadline, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Box<EndedBy>>,
}

/// A person who ended access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedBy {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
    /// Why, in their words.
    pub note: String,
}

/// More time that was asked for. Access stays on meanwhile, and never past the old deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// How much longer.
    pub by: Span,
    /// What came of it.
    pub answer: Answer,
}

/// What was decided about an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answered", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// Nothing yet: it waits for somebody.
    Pending {
        /// From then on nobody can decide it any more.
        lapses_at: DateTime<Utc>,
    },
    /// The deadline moved.
    Approved {
        /// When.
        at: DateTime<Utc>,
        /// Who; the system stands for a flow that extends by itself.
        by: Actor,
        /// Why, in their words.
        note: String,
    },
    /// Somebody said no.
    Denied {
        /// When.
        at: DateTime<Utc>,
        /// Who.
        by: Actor,
        /// Why, in their words.
        note: String,
    },
    /// Nobody decided before its time, or the end of the access, was there.
    Lapsed {
        /// When that was noticed.
        at: DateTime<Utc>,
    },
}

impl Approved {
    /// The extension that waits for somebody, and until when.
    pub fn waiting(&self) -> Option<(&Extension, DateTime<Utc>)> {
        let extension = self.extension.as_ref()?;
        match extension.answer {
            Answer::Pending { lapses_at } => Some((extension, lapses_at)),
            Answer::Approved { .. } | Answer::Denied { .. } | Answer::Lapsed { .. } => None,
        }
    }

    /// The same, with what came of the extension.
    #[must_use]
    pub(crate) fn answered(&self, answer: Answer) -> Self {
        let mut next = self.clone();
        if let Some(extension) = &mut next.extension {
            extension.answer = answer;
        }
        next
    }
}

/// The content that somebody was shown when they decided, as a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(pub String);

/// A request and its grants: what a transition reads and writes as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The request.
    pub request: Request,
    /// Its grants, one a target; none before it is approved.
    pub grants: Vec<Grant>,
}

/// Where a request stands as a whole, computed from its decision and its grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits for somebody to decide.
    Pending,
    /// Somebody said no.
    Denied,
    /// It was taken back before anybody decided.
    Withdrawn,
    /// Nobody decided in time.
    Lapsed,
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

impl Request {
    /// The hash of everything that an approver is shown and decides on.
    pub fn seen(&self) -> Seen {
        let extension = match &self.decision {
            Decision::Approved(Approved { extension, deadline, .. }) => Some((extension, deadline)),
            Decision::Pending { .. }
            | Decision::Denied { .. }
            | Decision::Withdrawn { .. }
            | Decision::Lapsed { .. } => None,
        };
        let content = json!({
            "request": self.id,
            "requester": self.requester,
            "flow": self.flow,
            "wanted": self.wanted,
            "reason": self.reason,
            "duration": self.duration,
            "extension": extension,
        });
        Seen(sha256(&content.to_string()))
    }
}

impl Access {
    /// The approval, once there is one.
    pub fn approved(&self) -> Option<&Approved> {
        match &self.request.decision {
            Decision::Approved(approved) => Some(approved),
            Decision::Pending { .. }
            | Decision::Denied { .. }
            | Decision::Withdrawn { .. }
            | Decision::Lapsed { .. } => None,
        }
    }

    /// The moment at which everything ends, once it is approved.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        self.approved().map(|approved| approved.deadline)
    }

    /// Whether `now` is at or past the end; so is a request that nobody approved.
    pub fn is_past(&self, now: DateTime<Utc>) -> bool {
        self.deadline().is_none_or(|deadline| now >= deadline)
    }

    /// One of the grants.
    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    /// How many of the targets are usable.
    pub fn open(&self) -> usize {
        self.grants.iter().filter(|g| matches!(g.state, GrantState::Active { .. })).count()
    }

    /// Where the request stands as a whole.
    pub fn status(&self) -> Status {
        match &self.request.decision {
            Decision::Pending { .. } => Status::Pending,
            Decision::Denied { .. } => Status::Denied,
            Decision::Withdrawn { .. } => Status::Withdrawn,
            Decision::Lapsed { .. } => Status::Lapsed,
            Decision::Approved(_) => self.status_of_grants(),
        }
    }

    fn status_of_grants(&self) -> Status {
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

/// SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
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
            Self::Pending => "pending",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
            Self::Granting => "granting",
            Self::Active => "active",
            Self::Revoking | Self::RevokeStuck => "revoking",
            Self::Ended(_) => "ended",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Denied | Self::Withdrawn | Self::Lapsed | Self::Ended(_) | Self::Failed => true,
            Self::Pending | Self::Granting | Self::Active | Self::Revoking | Self::RevokeStuck => {
                false
            }
        }
    }
}
