//! What is stored about a connected cluster. Nothing in it is secret.

use std::path::PathBuf;

use bellhop_domain::{CredentialPlace, InstallationId, Target};
use serde::{Deserialize, Serialize};

use super::names::{self, SYSTEM_NAMESPACE};
use crate::Fault;

/// A connected cluster, as the server stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the integration; every message starts with it.
    pub integration: String,
    /// `https://host:port` of the API server.
    pub server: String,
    /// The certificate authority to trust, PEM in base64; the machine's own ones when absent.
    #[serde(default)]
    pub ca: Option<String>,
    /// Name to expect in the server's certificate, when it is not the host's.
    #[serde(default)]
    pub tls_server_name: Option<String>,
    /// The proxy on the way there. It was settled at connect, so it does not depend on the
    /// environment of the process that runs later.
    #[serde(default)]
    pub proxy_url: Option<String>,
    /// The roles that may be granted.
    pub offered: Vec<OfferedRole>,
    /// The namespaces that Bellhop has rights in; all of them when absent.
    #[serde(default)]
    pub namespaces: Option<Vec<String>>,
    /// Uid of `kube-system`: which cluster this is.
    pub pin: String,
    /// Whose rights are used.
    pub credential: Credential,
    /// The shell that connected.
    #[serde(default)]
    pub shell: Shell,
}

/// A role that may be granted in a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OfferedRole {
    /// A `ClusterRole`, bound in the one namespace that is asked for.
    ClusterRole {
        /// Its name, which is also the permission's.
        name: String,
    },
    /// A `Role` of one namespace.
    Role {
        /// Where it is.
        namespace: String,
        /// Its name, which is also the permission's.
        name: String,
    },
}

/// Whose rights Bellhop uses in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Credential {
    /// Bellhop's own account; its token is kept in the `CredentialStore` and renews itself.
    ServiceAccount {
        /// Name of the account in `bellhop-system`.
        name: String,
        /// Where that token is.
        #[serde(default)]
        kept: CredentialPlace,
    },
    /// A kubeconfig's credential, used directly.
    Kubeconfig {
        /// The files, in the order in which kubectl reads them.
        files: Vec<PathBuf>,
        /// The context in them.
        context: String,
        /// Somebody agreed that access may stay open when this credential expires.
        accept_stuck: bool,
    },
}

/// What plugins and connections need from the shell in which somebody connected the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shell {
    /// `PATH`.
    #[serde(default)]
    pub path: Option<String>,
    /// `HTTPS_PROXY`.
    #[serde(default)]
    pub https_proxy: Option<String>,
    /// `NO_PROXY`.
    #[serde(default)]
    pub no_proxy: Option<String>,
}

/// What somebody chose for a new connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Name of the integration.
    pub integration: String,
    /// Whose objects these will be. A second installation on the same cluster needs another
    /// `account`: the rights of one are never overwritten by the other.
    pub installation: InstallationId,
    /// Name of Bellhop's own account and of the roles made for it.
    pub account: String,
    /// The roles that may be granted.
    pub offered: Vec<OfferedRole>,
    /// The namespaces to have rights in; all of them when absent.
    pub namespaces: Option<Vec<String>>,
    /// Where the token of Bellhop's own account is kept.
    pub kept: CredentialPlace,
}

impl ConnectOptions {
    /// The usual choice: `view` and `edit`, in every namespace.
    pub fn new(integration: impl Into<String>, installation: InstallationId) -> Self {
        let offered = ["view", "edit"].map(OfferedRole::cluster_role).to_vec();
        let (integration, account) = (integration.into(), "bellhop".to_owned());
        let kept = CredentialPlace::default();
        Self { integration, installation, account, offered, namespaces: None, kept }
    }

    /// Whether names are such that they can stand in a manifest and in an address.
    pub fn validate(&self) -> Result<(), Fault> {
        let bad = |why: String| Err(Fault::Impossible(format!("{}: {why}", self.integration)));
        if !names::is_dns_label(&self.account) || self.account == "default" {
            return bad(format!("\"{}\" cannot name Bellhop's own account", self.account));
        }
        let listed = self.namespaces.iter().flatten().map(String::as_str);
        let roles_in = self.offered.iter().filter_map(OfferedRole::namespace);
        for name in listed.chain(roles_in) {
            if !names::is_dns_label(name) {
                return bad(format!("\"{name}\" is not a namespace name"));
            }
            if name == SYSTEM_NAMESPACE {
                return bad(format!(
                    "{SYSTEM_NAMESPACE} holds Bellhop's own accounts and is never a target"
                ));
            }
        }
        if self.offered.is_empty() {
            return bad("no role is offered, so nothing could be granted".to_owned());
        }
        for (at, role) in self.offered.iter().enumerate() {
            if !names::is_role_name(role.name()) {
                return bad(format!("\"{}\" is not a role name", role.name()));
            }
            if self.offered.iter().skip(at + 1).any(|other| role.clashes(other)) {
                return bad(format!("{} is offered twice under one name", role.describe()));
            }
        }
        Ok(())
    }
}

impl OfferedRole {
    /// A `ClusterRole` of this name.
    pub fn cluster_role(name: &str) -> Self {
        Self::ClusterRole { name: name.to_owned() }
    }

    /// The role's name, which is also the permission's.
    pub fn name(&self) -> &str {
        match self {
            Self::ClusterRole { name } | Self::Role { name, .. } => name,
        }
    }

    /// Where a `Role` is.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::ClusterRole { .. } => None,
            Self::Role { namespace, .. } => Some(namespace),
        }
    }

    /// Its kind as RBAC spells it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::ClusterRole { .. } => "ClusterRole",
            Self::Role { .. } => "Role",
        }
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Self::ClusterRole { name } => format!("clusterrole {name}"),
            Self::Role { namespace, name } => format!("role {name} of {namespace}"),
        }
    }

    /// Whether one permission name could mean either in some namespace.
    fn clashes(&self, other: &Self) -> bool {
        let overlap = match (self.namespace(), other.namespace()) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        self.name() == other.name() && overlap
    }
}

impl Settings {
    /// Which namespace and role a target means, if it can be granted at all.
    pub(super) fn resolve<'a>(
        &'a self,
        target: &'a Target,
    ) -> Result<(&'a str, &'a OfferedRole), Fault> {
        let bad =
            |why: String| Err(Fault::Impossible(format!("{target} cannot be granted: {why}")));
        if target.resource_type != "namespace" {
            return bad(format!(
                "{} offers the resource type \"namespace\" and not \"{}\"; access to a whole cluster is not offered",
                self.integration, target.resource_type
            ));
        }
        let namespace = target.resource.as_str();
        if namespace == SYSTEM_NAMESPACE {
            return bad(format!(
                "{SYSTEM_NAMESPACE} holds Bellhop's own accounts and is never a target"
            ));
        }
        if !names::is_dns_label(namespace) {
            return bad(format!("\"{namespace}\" is not a namespace name"));
        }
        if self.namespaces.as_ref().is_some_and(|all| !all.iter().any(|one| one == namespace)) {
            return bad(format!(
                "{} was connected without rights in {namespace}; connect it again with that namespace listed",
                self.integration
            ));
        }
        let fits = |role: &&OfferedRole| {
            role.name() == target.permission && role.namespace().is_none_or(|at| at == namespace)
        };
        let Some(role) = self.offered.iter().find(fits) else {
            let offered: Vec<_> = self.offered.iter().map(OfferedRole::describe).collect();
            return bad(format!(
                "the role \"{}\" is not offered there; offered are {}",
                target.permission,
                offered.join(", ")
            ));
        };
        Ok((namespace, role))
    }
}
