//! Configuration files on the wire: integrations and flows, planned and applied.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Largest body of the calls that take configuration files, in bytes: 1 MiB of texts, and what JSON
/// adds.
pub const LARGEST_CONFIGURATION: usize = 5 * 512 * 1024;

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationFile {
    /// Its name, `NAME.toml`, without a folder.
    #[schema(example = "flows.toml", max_length = 200)]
    pub name: String,
    /// What it says.
    pub text: String,
}

/// `POST /api/v1/flows/plan`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFlows {
    /// The whole configuration: what is in none of the files is removed. 1 MiB in all.
    pub files: Vec<ConfigurationFile>,
}

/// `POST /api/v1/flows/apply`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyFlows {
    /// The whole configuration: what is in none of the files is removed. 1 MiB in all.
    pub files: Vec<ConfigurationFile>,
    /// `hash` of the plan that was shown. When the files come to another plan by now, nothing is
    /// applied, and the problem has that plan.
    pub plan: String,
}

/// What configuration files would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowPlan {
    /// Names this very plan.
    pub hash: String,
    /// How many flows and integrations are added.
    pub add: usize,
    /// How many are changed.
    pub change: usize,
    /// How many are removed.
    pub remove: usize,
    /// How many stay as they are.
    pub unchanged: usize,
    /// Each that does not.
    pub changes: Vec<PlannedChange>,
    /// Why these files cannot be applied as things are, and what to do. Absent when they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
}

/// A flow or an integration that would be another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedChange {
    /// `flow` or `integration`.
    pub what: String,
    /// The flow's id, the integration's name.
    pub name: String,
    /// `add`, `change` or `remove`.
    pub deed: String,
    /// What about it changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ChangedField>,
    /// Grants under a flow that are not over. They stay until their end.
    pub live_grants: u64,
    /// Requests under a flow that wait for somebody. Under a changed flow they are asked again, under
    /// a removed one nobody can approve them.
    pub pending_requests: u64,
    /// Requests whose access is in the way of removing an integration. While there are any, the plan
    /// cannot be applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_by: Vec<String>,
    /// Whether an integration that is removed is connected. What Bellhop made there stays, unless it
    /// is disconnected first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub connected: bool,
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedField {
    /// Its place, such as `duration.max`.
    pub field: String,
    /// As it is, in short; `nothing` when it is new.
    pub before: String,
    /// As it would be, in short; `nothing` when it goes.
    pub after: String,
}

/// The configuration in force: `GET /api/v1/flows/export`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedFlows {
    /// `folder` when it is of the backend's own folder, `applied` when somebody applied it from
    /// elsewhere; nothing when no file is in force.
    pub origin: Option<String>,
    /// The files, by name, as they were when they were put in force.
    pub files: Vec<ConfigurationFile>,
}

/// The flows in force: `GET /api/v1/flows`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownFlows {
    /// The flows, by id.
    pub items: Vec<ShownFlow>,
}

/// A flow: who may ask for what, who approves, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownFlow {
    /// Its id.
    #[schema(example = "rnd-customer-data")]
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// Which version of it is in force.
    pub version: i64,
    /// Handles of those who may ask.
    pub requesters: Vec<String>,
    /// Whether a reason must be given.
    pub reason_required: bool,
    /// How long access lasts when nothing is said, in seconds.
    pub default_seconds: u32,
    /// How long at most, in seconds.
    pub max_seconds: u32,
    /// How it can be extended; nothing when it cannot.
    pub extend: Option<ShownExtend>,
    /// What can be asked for.
    pub targets: Vec<ShownTargets>,
    /// Whether the flow approves by itself.
    pub automatic: bool,
    /// Handles of those of whom one has to approve, otherwise.
    pub approvers: Vec<String>,
    /// Whether an approver may approve what they asked for themselves.
    pub self_approval: bool,
    /// After so many seconds nobody can answer any more; nothing when nobody has to.
    pub lapse_seconds: Option<u32>,
    /// The flow as a configuration file has it (TOML).
    pub text: String,
}

/// How access under a flow can be extended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownExtend {
    /// How often.
    pub times: u32,
    /// By how much each time, in seconds.
    pub seconds: u32,
}

/// Targets that a flow covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownTargets {
    /// Name of the integration.
    pub integration: String,
    /// Resource type.
    #[serde(rename = "type")]
    #[schema(example = "namespace")]
    pub kind: String,
    /// Names, and globs with `*` and `?`.
    pub resources: Vec<String>,
    /// Permissions.
    pub permissions: Vec<String>,
}
