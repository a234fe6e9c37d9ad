//! Requests on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `POST /api/v1/requests`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// What is asked for, each as `integration/type/resource:permission`.
    #[schema(example = json!(["k8s-prod/namespace/customer1:edit"]), min_items = 1, max_items = 20)]
    pub targets: Vec<String>,
    /// Why; at most 4,000 characters.
    #[schema(example = "ticket 7", max_length = 4000)]
    #[serde(default)]
    pub reason: String,
    /// For how long, in seconds; the flow's default when left out.
    #[schema(example = 3600, minimum = 1, maximum = 31_536_000)]
    #[serde(default)]
    pub duration_seconds: Option<u64>,
}

/// `POST /api/v1/requests/{number}/again`: the same once more, as a new request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// Why; as it was when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For how long, in seconds; as it was when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
}

/// `POST /api/v1/requests/{number}/approve` and `…/deny`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// `seen` of the request as it was shown to whoever decides. Another one is refused with the
    /// present request.
    pub seen: String,
    /// Why; at most 4,000 characters.
    #[schema(max_length = 4000)]
    #[serde(default)]
    pub note: String,
    /// For how long to approve, in seconds: no longer than was asked for, which it is when left out.
    /// Only to approve a request, not more time or a denial.
    #[schema(example = 1800, minimum = 1, maximum = 31_536_000)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
}

/// `POST /api/v1/requests/{number}/end`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Why; at most 4,000 characters.
    #[schema(max_length = 4000)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// `GET /api/v1/requests`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Leave out what is over.
    #[param(required = false)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// The `next` of the page before; with the same other parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A page of requests, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestList {
    /// The requests.
    pub items: Vec<Request>,
    /// Those that the store cannot read, each with what is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Pass as `cursor` for the next page; none on the last. Opaque.
    pub next: Option<String>,
}

/// A request as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// The number people say.
    #[schema(example = "R-1042")]
    pub number: String,
    /// Its id.
    pub id: String,
    /// Handle of the person who asked.
    pub requester: String,
    /// The flow that it obeys.
    pub flow: String,
    /// Why, in the requester's words.
    pub reason: String,
    /// For how long, in seconds.
    pub duration_seconds: u32,
    /// When it was asked for.
    pub submitted_at: DateTime<Utc>,
    /// When everything ends; nothing before it is approved.
    pub deadline: Option<DateTime<Utc>>,
    #[schema(example = "active")]
    /// `pending`, `denied`, `withdrawn`, `lapsed`, `granting`, `active`, `revoking`, `ended` or
    /// `failed`.
    pub status: String,
    /// The status in the words that people read.
    pub label: String,
    /// What still ends at the deadline with Bellhop off, in a sentence.
    pub ends_alone: String,
    /// What was asked for.
    pub targets: Vec<String>,
    /// One a target; none before it is approved.
    pub grants: Vec<Grant>,
    /// How many of the targets are usable now.
    pub open: usize,
    /// What was decided, once it was.
    pub decision: Option<Decision>,
    /// The last extension that was asked for.
    #[serde(default)]
    pub extension: Option<Extension>,
    /// What waits for somebody to decide it: the request itself, or an extension.
    pub waits: Option<Waits>,
    /// Who ended its access before the deadline, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Whether there is access left that the caller may end.
    #[serde(default)]
    pub may_end: bool,
    /// The content as a hash: what a decision is bound to.
    pub seen: String,
}

/// What was decided about a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// `approved`, `denied`, `withdrawn` or `lapsed`.
    pub what: String,
    /// Handle of whoever decided; the flow's id when it approves by itself.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in their words.
    pub note: String,
    /// For how long it was approved, in seconds, where that is less than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shorter_seconds: Option<u32>,
}

/// The end of access, by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    /// `returned`, by its requester, or `revoked`, by somebody else.
    pub what: String,
    /// Handle of whoever ended it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in their words.
    pub note: String,
}

/// More time that was asked for, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Extension {
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// How much more time was asked for, in seconds.
    pub seconds: u32,
    /// What was decided; nothing while it waits. Here `what` is `approved`, `denied` or `lapsed`.
    pub decision: Option<Decision>,
}

/// Something that waits for somebody to decide it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Waits {
    /// Handles of those who may decide.
    pub approvers: Vec<String>,
    /// Whether the caller is one of them.
    pub for_you: bool,
    /// From then on nobody can decide it any more.
    pub lapses_at: DateTime<Utc>,
    /// For an extension, how much more time was asked for, in seconds.
    pub extend_seconds: Option<u32>,
}

/// One target of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    /// Its id.
    pub id: String,
    /// What it grants.
    #[schema(example = "k8s-prod/namespace/customer1:edit")]
    pub target: String,
    /// Its state, such as `applying`.
    pub state: String,
    /// The state in the words that people read.
    pub label: String,
    /// What there is to know: what a probe saw, why it failed, why it is still being tried.
    pub note: Option<String>,
    /// What can outlive the end of it, each in words: sessions that were open, for one.
    #[serde(default)]
    pub remains: Vec<String>,
}

impl Request {
    /// Whether nothing more can happen to it.
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "denied" | "withdrawn" | "lapsed" | "ended" | "failed")
    }
}
