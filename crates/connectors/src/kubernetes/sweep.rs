//! What this installation has left in a cluster, for sweeps.

use bellhop_domain::{GrantId, InstallationId};
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use k8s_openapi::api::rbac::v1::RoleBinding;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Kubernetes;
use super::call::Kind;
use super::names::{self, SYSTEM_NAMESPACE};
use super::revoke::delete;
use super::wire::Object;
use crate::{Fault, MadeFor, Revoked};

/// An object that this installation made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Leftover {
    /// A grant's binding.
    Binding {
        /// Where it is.
        namespace: String,
        /// Its name.
        name: String,
        /// Which very object it is.
        uid: String,
        /// The grant on its label; nothing when that was changed to something else.
        grant: Option<GrantId>,
        /// The deadline on it, as it was when it was last written.
        deadline: Option<DateTime<Utc>>,
        /// The role that it binds.
        role: String,
        /// The accounts that it names.
        accounts: Vec<String>,
    },
    /// A grantee's account in `bellhop-system`.
    Account {
        /// Its name.
        name: String,
        /// Which very object it is.
        uid: String,
    },
}

impl Leftover {
    /// The same as every connector puts it.
    pub(super) fn marked(&self) -> Result<crate::Leftover, Fault> {
        let place = serde_json::to_value(self).map_err(|e| Fault::Impossible(e.to_string()))?;
        let (what, of) = match self {
            Self::Binding { namespace, name, grant, role, .. } => {
                let what = format!("RoleBinding {name} to {role} in {namespace}");
                (what, MadeFor::Grant(*grant))
            }
            Self::Account { name, .. } => {
                let what = format!("ServiceAccount {name} in {SYSTEM_NAMESPACE}");
                (what, MadeFor::Account(name.clone()))
            }
        };
        Ok(crate::Leftover { what, of, place })
    }

    /// Back from how every connector puts it.
    pub(super) fn of(marked: &crate::Leftover) -> Result<Self, Fault> {
        serde_json::from_value(marked.place.clone())
            .map_err(|e| Fault::Impossible(format!("{}: {e}", marked.what)))
    }
}

impl Kubernetes {
    /// Everything that carries the label of `installation`: the complete list or an error.
    /// Another installation's objects are never in it.
    pub async fn leftovers(&self, installation: InstallationId) -> Result<Vec<Leftover>, Fault> {
        let of = |part| format!("{}={installation},{}={part}", names::INSTALLATION, names::PART);
        let (grants, accounts) = (of(names::PART_GRANT), of(names::PART_ACCOUNT));
        let (bindings, accounts) = tokio::try_join!(self.bindings(&grants), async {
            Ok(self.wire.list(Kind::ServiceAccount, Some(SYSTEM_NAMESPACE), &accounts).await?)
        })?;
        self.pin.now(&self.wire).await?;
        let is_ours = |label: Option<&String>| label == Some(&installation.to_string());
        let bindings = bindings
            .into_iter()
            .filter(|one| {
                is_ours(
                    one.metadata
                        .labels
                        .iter()
                        .flatten()
                        .find(|(k, _)| *k == names::INSTALLATION)
                        .map(|(_, v)| v),
                )
            })
            .map(binding);
        let accounts = accounts
            .into_iter()
            .filter(|one: &Object| is_ours(one.metadata.labels.get(names::INSTALLATION)))
            .map(|Object { metadata }| Leftover::Account {
                name: metadata.name,
                uid: metadata.uid,
            });
        Ok(bindings.chain(accounts).collect())
    }

    /// Removes one of [`leftovers`](Self::leftovers): the very object that was listed, and not one
    /// that took its name since.
    pub async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault> {
        self.pin.recently(&self.wire).await?;
        let (kind, at, uid) = match leftover {
            Leftover::Binding { namespace, name, uid, .. } => {
                (Kind::RoleBinding, (namespace.as_str(), name.as_str()), uid)
            }
            Leftover::Account { name, uid } => {
                self.refuse_own_account(name)?;
                (Kind::ServiceAccount, (SYSTEM_NAMESPACE, name.as_str()), uid)
            }
        };
        let was_there = delete(self, kind, at, Some(uid)).await?;
        Ok(if was_there { Revoked::Done } else { Revoked::AlreadyGone })
    }

    pub(super) async fn bindings(&self, selector: &str) -> Result<Vec<RoleBinding>, Fault> {
        let Some(namespaces) = &self.settings.namespaces else {
            return Ok(self.wire.list(Kind::RoleBinding, None, selector).await?);
        };
        let lists =
            namespaces.iter().map(|one| self.wire.list(Kind::RoleBinding, Some(one), selector));
        Ok(try_join_all(lists).await?.into_iter().flatten().collect())
    }
}

fn binding(found: RoleBinding) -> Leftover {
    let RoleBinding { metadata, role_ref, subjects } = found;
    let labels = metadata.labels.unwrap_or_default();
    let grant = labels.get(names::GRANT).and_then(|text| Uuid::parse_str(text).ok()).map(GrantId);
    let deadline = metadata.annotations.unwrap_or_default().remove(names::DEADLINE);
    let deadline = deadline.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    Leftover::Binding {
        namespace: metadata.namespace.unwrap_or_default(),
        name: metadata.name.unwrap_or_default(),
        uid: metadata.uid.unwrap_or_default(),
        grant,
        deadline: deadline.map(|at| at.to_utc()),
        role: role_ref.name,
        accounts: subjects.unwrap_or_default().into_iter().map(|one| one.name).collect(),
    }
}
