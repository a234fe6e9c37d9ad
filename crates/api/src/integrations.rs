//! Integrations on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// All integrations, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IntegrationList {
    /// The integrations.
    pub items: Vec<Integration>,
    /// Whether there was ever one, also one that is gone.
    #[serde(default)]
    pub any_before: bool,
}

/// A connected system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Integration {
    /// Its name.
    #[schema(example = "k8s-prod")]
    pub name: String,
    /// Connector kind.
    #[schema(example = "kubernetes")]
    pub kind: String,
    /// `file` when the configuration files say what it is; `ui` when somebody made it by hand.
    #[serde(default)]
    #[schema(example = "ui")]
    pub owner: String,
    /// Where the system is; none until it is connected.
    #[serde(default)]
    #[schema(example = "https://k8s.acme.example:6443")]
    pub server: Option<String>,
    /// The permissions that are offered there; empty until it is connected.
    #[serde(default)]
    #[schema(example = json!(["view", "edit"]))]
    pub offers: Vec<String>,
    /// `active`, `degraded`, `error` or `disabled`.
    pub status: String,
    /// Why it is not `active`, or what will stop working, and what to do; empty when all is well.
    pub why: String,
    /// Rights that Bellhop lacks there, each by name. Empty until it was checked.
    pub missing_rights: Vec<String>,
    /// What still ends at a deadline with Bellhop off.
    pub ends_alone: Option<EndsAlone>,
    /// How many resources can be asked for there, by its last complete list.
    #[serde(default)]
    pub resources: u64,
    /// When that list was read; none before the first.
    #[serde(default)]
    pub synced_at: Option<DateTime<Utc>>,
    /// What Bellhop does there again and again, and could not do the last time. Empty when all is
    /// well.
    #[serde(default)]
    pub failing: Vec<FailingWork>,
}

/// Work on a whole integration that failed the last time. It is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailingWork {
    /// `check`, `sweep` or `sync`.
    pub work: String,
    /// The same in words.
    pub what: String,
    /// How often in a row.
    pub times: u32,
    /// What the last try said, and what to do.
    pub why: String,
    /// When it is tried again.
    pub next_at: DateTime<Utc>,
}

/// What still ends at a deadline with Bellhop off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "ends", rename_all = "snake_case")]
pub enum EndsAlone {
    /// Everything.
    All {
        /// At most this many seconds late.
        at_most_late_seconds: u32,
    },
    /// New sign-ins; what is open stays open.
    NewSignIns,
    /// Nothing.
    Nothing,
}

/// A kubeconfig context of somebody who may change rights there. It is used once and not kept.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct KubeconfigContext {
    /// The files that hold the context, as `KUBECONFIG` lists them, on the backend's machine.
    pub kubeconfig: Vec<String>,
    /// The context; the one of the integration's settings when left out.
    #[serde(default)]
    pub context: Option<String>,
    /// `PATH` of the shell it is used from, for kubeconfig exec plugins.
    #[serde(default)]
    pub path: Option<String>,
    /// `HTTPS_PROXY` of that shell.
    #[serde(default)]
    pub https_proxy: Option<String>,
    /// `NO_PROXY` of that shell.
    #[serde(default)]
    pub no_proxy: Option<String>,
}

/// `POST /api/v1/integrations/{name}/connect`: uses a kubeconfig context once.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct ConnectKubernetes {
    /// The context to connect with.
    pub admin: KubeconfigContext,
    /// Roles that may be granted; `view` and `edit` when empty.
    #[serde(default)]
    pub offer: Vec<String>,
    /// Limits Bellhop's own rights to these namespaces; the whole cluster when empty.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// Uses the kubeconfig's credential directly instead of making an own one.
    #[serde(default)]
    pub direct: bool,
    /// With `direct`: accepts that a credential which runs out leaves revocations stuck.
    #[serde(default)]
    pub accept_stuck: bool,
    /// Makes the integration, where no configuration file defines it.
    #[serde(default)]
    pub new: bool,
}

/// What connecting did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Connected {
    /// The integration afterwards.
    pub integration: Integration,
    /// What the system calls its version.
    pub version: String,
    /// The system that it is pinned to.
    pub pin: String,
}

/// `GET /api/v1/integrations/{name}/manifest`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ManifestQuery {
    /// Roles that may be granted, separated by commas; `view,edit` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// Namespaces, separated by commas; the whole cluster when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<String>,
}

impl ManifestQuery {
    /// About these roles and namespaces; empty is the usual.
    pub fn of(offer: &[String], namespaces: &[String]) -> Self {
        let list = |words: &[String]| (!words.is_empty()).then(|| words.join(","));
        Self { offer: list(offer), namespaces: list(namespaces) }
    }
}

/// `POST /api/v1/integrations/{name}/disconnect`: uses a kubeconfig context once, to take away what
/// connecting made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Disconnect {
    /// The context to disconnect with.
    pub admin: KubeconfigContext,
    /// Touches nothing there, because it cannot be reached any more.
    #[serde(default)]
    pub forget: bool,
}

/// What disconnecting did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Disconnected {
    /// The integration afterwards.
    pub integration: Integration,
    /// What was taken away there, each in words.
    pub removed: Vec<String>,
}
