//! What can be asked for, what asking would come to, and why, on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Code;

/// `GET /api/v1/targets`: what the caller may request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TargetQuery {
    /// Words that have to be in the target or in its tags, in any order and letter case, each with
    /// letters left out between; at most 200 characters. Empty: everything, what was requested
    /// lately first.
    #[param(required = false, max_length = 200)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// At most this many, 1 to 200; 20 when left out.
    #[param(minimum = 1, maximum = 200, default = 20)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page of targets, the best match first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TargetList {
    /// The targets.
    pub items: Vec<TargetItem>,
    /// How many there are on all pages together.
    pub total: u64,
    /// Pass as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// A target that the caller may request, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TargetItem {
    /// The whole target, `integration/type/resource:permission`.
    pub target: String,
    /// Its integration.
    pub integration: String,
    /// Its resource type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Its resource.
    pub resource: String,
    /// Its permission.
    pub permission: String,
    /// The flow that a request obeys, and how it decides.
    #[serde(flatten)]
    pub under: FlowTerms,
    /// The request under which the caller can use it now.
    pub active: Option<String>,
    /// Why nobody can request it at the moment; nothing when they can.
    pub closed: Option<String>,
}

/// What a flow says about requests under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowTerms {
    /// The flow's id.
    pub flow: String,
    /// Its name.
    pub flow_name: String,
    /// Who approves, in words: `automatic`, or `ada or ben`.
    pub approval: String,
    /// The handles that it names as approvers; none when it approves by itself.
    pub approvers: Vec<String>,
    /// How long access lasts when the request does not say, in seconds.
    pub default_seconds: u32,
    /// The longest, in seconds.
    pub max_seconds: u32,
    /// Whether a reason has to be given.
    pub reason_required: bool,
}

/// `POST /api/v1/requests/preview`: what `POST /api/v1/requests` with the same body would come to.
/// Nothing is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// One request a flow. More than one means that they have to be asked for separately.
    pub requests: Vec<Planned>,
    /// What the call would be refused with; nothing when it would be taken.
    pub refusal: Option<Refused>,
}

/// A request that would be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Planned {
    /// Its targets, each whole.
    pub targets: Vec<String>,
    /// The flow that it would obey, and how that decides; nothing when no flow allows it.
    pub under: Option<FlowTerms>,
    /// For how long, in seconds.
    pub duration_seconds: Option<u32>,
    /// When access would end if it were approved now.
    pub deadline: Option<DateTime<Utc>>,
    /// Handles of those who could approve it for the caller; none when nobody has to.
    pub decided_by: Vec<String>,
    /// What still ends at the deadline with Bellhop off, in a sentence.
    pub ends_alone: String,
    /// Why it would be refused; nothing when it would be taken.
    pub refusal: Option<Refused>,
}

/// Why something would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// The stable code of the refusal.
    pub code: Code,
    /// What, why, and what to do next.
    pub detail: String,
}

/// `GET /api/v1/flows/explain`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    /// The target, whole or as short as it is one of the person's alone.
    pub target: String,
    /// Handle of the person who would ask; the caller when left out. Only admins and auditors may
    /// name somebody else.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Whether somebody may ask for a target, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The target, whole.
    pub target: String,
    /// Handle of the person.
    pub person: String,
    /// What a request with a reason and the flow's default duration would come to.
    pub plan: Planned,
    /// What else there is to know: a target that its system does not have, a permission that is not
    /// offered there, the names that are nearest.
    pub notes: Vec<String>,
    /// Handles of those who can change a refusal: admins. None when there is no refusal.
    pub ask: Vec<String>,
}

/// `GET /api/v1/catalog`: what can be connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Catalog {
    /// The kinds, by name.
    pub items: Vec<CatalogItem>,
}

/// A kind of system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatalogItem {
    /// The kind, such as `kubernetes`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// The resource types that can be asked for there.
    pub resource_types: Vec<String>,
    /// What connecting one takes, as JSON Schema: the body of
    /// `POST /api/v1/integrations/{name}/connect`.
    #[schema(value_type = Object)]
    pub form: serde_json::Value,
}
