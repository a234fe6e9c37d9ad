//! Wire types and error codes of `/api/v1`, and the Rust client that every face uses.
//!
//! Times are RFC 3339 in UTC, lengths of time are whole seconds. Clients send intents only: no
//! input type has a state, an approver or an actor, and unknown fields are refused.

mod access;
mod audit;
#[cfg(feature = "client")]
mod client;
mod connecting;
mod diagnosis;
mod flows;
mod integrations;
mod loopback;
mod problem;
mod requests;
mod targets;
mod workstation;

pub use access::{AccessDetails, Credential, KubernetesAccess};
pub use audit::{
    AuditEntry, AuditPage, AuditQuery, AuditVerdict, ExportFormat, ExportQuery, ExportedRow,
};
#[cfg(feature = "client")]
pub use client::{Client, ClientError, EventStream, Export, Raw};
pub use connecting::{ConnectCheck, ConnectHere, ConnectPreview, DisconnectHere};
pub use diagnosis::{Diagnosis, Overdue, Plugin, RoleBindingName};
pub use flows::{
    ApplyFlows, ChangedField, ConfigurationFile, ExportedFlows, FlowPlan, LARGEST_CONFIGURATION,
    PlanFlows, PlannedChange, ShownExtend, ShownFlow, ShownFlows, ShownTargets,
};
pub use integrations::{
    ConnectKubernetes, Connected, Disconnect, Disconnected, EndsAlone, FailingWork, Integration,
    IntegrationList, KubeconfigContext, ManifestQuery,
};
pub use loopback::{LoopbackPort, NewSession, Session};
pub use problem::{Code, Problem};
pub use requests::{
    Again, CreateRequest, Decide, Decision, End, Ended, Extension, Grant, ListQuery, Request,
    RequestList, Waits,
};

pub use targets::{
    Catalog, CatalogItem, ExplainQuery, Explanation, FlowTerms, Planned, Preview, Refused,
    TargetItem, TargetList, TargetQuery,
};
pub use workstation::{
    BrokenKubeconfig, CONTEXTS_CHANGED, Contexts, Hop, Hopped, KubeContext, UseAccess,
};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The version of the API that this crate speaks.
pub const API_VERSION: u32 = 1;
/// Largest body that the backend reads, in bytes.
pub const LARGEST_BODY: usize = 64 * 1024;

/// What stands before the version in a built program, so that it can be read (and, by a test that needs
/// a newer program, changed) without running it.
const MARK: &str = "bellhop version ";
#[used]
static MARKED: &str = concat!("bellhop version ", env!("CARGO_PKG_VERSION"));

/// The version of this program, the same for all of its parts.
pub fn version() -> &'static str {
    // Read from there, and not what the compiler knows.
    let marked = std::hint::black_box(MARKED);
    marked.strip_prefix(MARK).unwrap_or(marked)
}

/// Carries a key of the caller's own making: a call that comes again under the same key with the
/// same body gets the answer of the first time, for a day.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The body of calls that take nothing: `{}`, or no body at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Who answers: `GET /api/v1/hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hello {
    /// Version of the program.
    pub version: String,
    /// Version of the API.
    pub api: u32,
}

/// A newer backend wants to take the place of this one: `POST /api/v1/handover`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// The newer version.
    #[schema(example = "1.3.0")]
    pub version: String,
}

/// Who asks: `GET /api/v1/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// Canonical id.
    pub id: String,
    /// Short name.
    pub handle: String,
    /// `admin`, `auditor` or `member`.
    pub role: String,
    /// Why no new access is given at all: what is wrong with the backend's configuration, when it
    /// does not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
}

/// Where the backend keeps what it remembers: `GET /api/v1/store`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StorePlace {
    /// The file on the backend's machine; none when it is a PostgreSQL database.
    pub file: Option<String>,
}

/// `GET /api/v1/events`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Changes after this place in the audit log; from now on when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0)]
    pub after: Option<i64>,
}

/// One change, as `GET /api/v1/events` tells it. The event's id is its place in the audit log; what
/// stands in no log, such as `workstation.contexts`, comes without an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// Place in the audit log; resume after it. Of a change that stands in no log, the place that the
    /// stream has come to.
    pub seq: i64,
    /// What happened.
    #[schema(example = "grant.active")]
    pub kind: String,
    /// The request that it happened to, if any.
    #[schema(example = "R-1042")]
    pub request: Option<String>,
}
