//! Connecting a system on the wire: with a kubectl context that a page can only name, and what it
//! would come to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Connects a Kubernetes cluster with a kubectl context of the caller's own machine:
/// `POST /api/v1/workstation/connect`. What the context holds never leaves the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectHere {
    /// The integration. One that nobody defined yet is made, with `new`.
    #[schema(example = "k8s-prod")]
    pub name: String,
    /// The context, by name.
    #[schema(example = "prod-admin", max_length = 1000)]
    pub context: String,
    /// Roles that may be granted, at most 20; `view` and `edit` when empty.
    #[serde(default)]
    pub offer: Vec<String>,
    /// Limits Bellhop's own rights to these namespaces, at most 50; the whole cluster when empty.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// Whether this is another system than those that are connected.
    #[serde(default)]
    pub new: bool,
}

/// Disconnects with a kubectl context of the caller's own machine:
/// `POST /api/v1/workstation/disconnect`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisconnectHere {
    /// The integration.
    #[schema(example = "k8s-prod")]
    pub name: String,
    /// The context, by name. Not needed with `forget`.
    #[schema(example = "prod-admin", max_length = 1000)]
    #[serde(default)]
    pub context: Option<String>,
    /// Touches nothing there, because it cannot be reached any more.
    #[serde(default)]
    pub forget: bool,
}

/// What connecting would come to. Nothing was made or stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectPreview {
    /// What was looked at, in order.
    pub checks: Vec<ConnectCheck>,
    /// Whether connecting works, as far as can be seen.
    pub ready: bool,
    /// The address of the system, which everybody who gets access has to reach.
    #[schema(example = "https://k8s.acme.example:6443")]
    pub server: Option<String>,
    /// What the system calls its version.
    #[schema(example = "v1.33.1")]
    pub version: Option<String>,
    /// Which system it is.
    pub pin: Option<String>,
    /// What connecting applies there, to read; none where the question was not one.
    pub manifest: Option<String>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectCheck {
    /// `name`, `context`, `reach`, `trust`, `credential`, `system`, `rights`, `permissions` or `places`.
    #[schema(example = "reach")]
    pub check: String,
    /// `passed`, `failed`, or `not_seen` where something before it failed.
    #[schema(example = "passed")]
    pub state: String,
    /// What was found, in words.
    pub what: String,
    /// Why, or more about it; empty when there is no more to say.
    pub why: String,
    /// What to do; empty when nothing is.
    pub next: String,
    /// A command that helps, word by word; empty when there is none.
    pub command: Vec<String>,
    /// The rights that are missing, each by name.
    pub missing: Vec<String>,
    /// What the system answered, word by word; empty when `why` says it.
    pub details: String,
}

impl ConnectCheck {
    /// Whether connecting fails because of this.
    pub fn failed(&self) -> bool {
        self.state == "failed"
    }
}

#[cfg(feature = "client")]
impl crate::Client {
    /// What connecting would come to; nothing is changed.
    pub async fn preview_connection(
        &self,
        name: &str,
        body: &crate::ConnectKubernetes,
    ) -> Result<ConnectPreview, crate::ClientError> {
        let name = crate::client::escaped(name);
        self.post(&format!("/integrations/{name}/preview"), body).await
    }
}
