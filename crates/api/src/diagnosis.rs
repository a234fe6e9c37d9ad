//! A closer look at an integration, on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an integration is connected, and what is in its system that should not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnosis {
    /// The integration.
    pub integration: String,
    /// `PATH` of the shell that connected it, where its sign-in plugin is looked for.
    pub path: Option<String>,
    /// `HTTPS_PROXY` of that shell, without a password.
    pub https_proxy: Option<String>,
    /// `NO_PROXY` of that shell.
    pub no_proxy: Option<String>,
    /// The proxy that connections there take, without a password; they go straight when empty.
    pub proxy: Option<String>,
    /// The sign-in plugin whose credential Bellhop uses there; none when it uses its own.
    pub plugin: Option<Plugin>,
    /// What other Bellhops should have taken away there, the longest overdue first: at most 100.
    pub overdue: Vec<Overdue>,
    /// What could not be looked at, each with why.
    pub unseen: Vec<String>,
}

/// A kubeconfig's exec plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plugin {
    /// As the kubeconfig names it.
    pub command: String,
    /// Where it was found; none when it is not on the stored `PATH`.
    pub found: Option<String>,
}

/// Access that another installation made and that is past its deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overdue {
    /// Whose it is: the id that the installation puts on everything it makes.
    pub installation: String,
    /// What and where it is, in words.
    pub what: String,
    /// When it should have ended.
    pub deadline: DateTime<Utc>,
    /// The role binding that it is, where it is one.
    pub binding: Option<RoleBindingName>,
}

/// Which role binding of a cluster. Whoever may make one there chose the name: quote it for a shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleBindingName {
    /// Where it is.
    pub namespace: String,
    /// Its name.
    pub name: String,
}
