//! Taking access away. The binding goes first: it is refused within milliseconds, while the
//! token of a deleted account lives on in the API server's cache for ten seconds.

use std::collections::BTreeSet;

use k8s_openapi::api::rbac::v1::{RoleBinding, RoleRef};
use serde_json::json;

use super::Kubernetes;
use super::binding::{self, is_account};
use super::call::{Call, Kind};
use super::names::{self, SYSTEM_NAMESPACE};
use super::prepare::{foreign_account, is_our_account};
use super::wire::{Ignored, Object};
use crate::{Account, Fault, Leaving, Order, Revoked};

pub(super) async fn revoke(
    kube: &Kubernetes,
    order: &Order,
    leaving: &Leaving,
) -> Result<Revoked, Fault> {
    let account = leaving.account;
    let namespace = binding::place(kube, order)?;
    kube.refuse_own_account(&order.account)?;
    kube.pin.recently(&kube.wire).await?;
    let name = names::binding(order.grant);
    let removed = delete(kube, Kind::RoleBinding, (namespace, &name), None).await;
    let was_there = match removed {
        Ok(was_there) => was_there,
        // Without the right to remove the binding, the account's end still ends the access.
        Err(fault @ Fault::NotAllowed(_)) if account == Account::Remove => {
            remove_account(kube, order).await.ok();
            return Err(fault);
        }
        Err(fault) => return Err(fault),
    };
    let others = others(kube, order, namespace, account).await?;
    let foreign: BTreeSet<_> = others.iter().filter_map(|other| other.foreign.clone()).collect();
    if !foreign.is_subset(&leaving.recorded) {
        return Ok(Revoked::Others(foreign));
    }
    for other in &others {
        take_off(kube, order, namespace, &other.binding).await?;
    }
    if account == Account::Remove {
        remove_account(kube, order).await?;
    }
    Ok(if was_there { Revoked::Done } else { Revoked::AlreadyGone })
}

/// A binding that names the account and is not to.
struct Other {
    binding: RoleBinding,
    /// What it is called on record, when it is not ours.
    foreign: Option<String>,
}

/// Whether the object was there. "Not there" is said only by the pinned cluster.
pub(super) async fn delete(
    kube: &Kubernetes,
    kind: Kind,
    (namespace, name): (&str, &str),
    uid: Option<&str>,
) -> Result<bool, Fault> {
    let call = Call::delete(kind, Some(namespace), name, uid)?;
    match kube.wire.own::<Ignored>(call).await {
        Ok(_) => Ok(true),
        Err(failed) if failed.is_absent(name) => {
            kube.pin.now(&kube.wire).await?;
            Ok(false)
        }
        Err(failed) => Err(failed.into()),
    }
}

/// In the grant's namespace nothing may go on naming the account but its own live grants; and
/// those only while it has any. Another installation's objects are left alone.
async fn others(
    kube: &Kubernetes,
    order: &Order,
    namespace: &str,
    account: Account,
) -> Result<Vec<Other>, Fault> {
    let mut others = Vec::new();
    let bindings: Vec<RoleBinding> = kube.wire.list(Kind::RoleBinding, Some(namespace), "").await?;
    for binding in bindings {
        let subjects = binding.subjects.as_deref().unwrap_or_default();
        if !subjects.iter().any(|subject| is_account(subject, &order.account)) {
            continue;
        }
        let name = binding.metadata.name.as_deref().unwrap_or_default();
        if name == names::binding(order.grant) {
            continue;
        }
        let labels = binding.metadata.labels.clone().unwrap_or_default();
        let owner = labels.get(names::INSTALLATION);
        let ours = owner == Some(&order.installation.to_string());
        if (ours && account == Account::Keep) || (owner.is_some() && !ours) {
            continue;
        }
        let RoleRef { kind, name: role, .. } = &binding.role_ref;
        let called = || format!("RoleBinding {name} in {namespace} ({kind} {role})");
        let foreign = (!ours).then(called);
        others.push(Other { binding, foreign });
    }
    Ok(others)
}

/// Deletes a binding that names only the account, or takes the account off one that names others
/// too: what they hold is not Bellhop's to take.
async fn take_off(
    kube: &Kubernetes,
    order: &Order,
    namespace: &str,
    binding: &RoleBinding,
) -> Result<(), Fault> {
    let name = binding.metadata.name.as_deref().unwrap_or_default();
    let uid = binding.metadata.uid.as_deref();
    let subjects = binding.subjects.as_deref().unwrap_or_default();
    let rest: Vec<_> = subjects.iter().filter(|one| !is_account(one, &order.account)).collect();
    if rest.is_empty() {
        delete(kube, Kind::RoleBinding, (namespace, name), uid).await?;
        return Ok(());
    }
    let patch = json!({
        "metadata": { "resourceVersion": binding.metadata.resource_version },
        "subjects": rest,
    });
    let call = Call::merge(Kind::RoleBinding, (namespace, name), &patch)?;
    kube.wire.own::<Ignored>(call).await?;
    Ok(())
}

/// Removes the account, if this installation made it.
async fn remove_account(kube: &Kubernetes, order: &Order) -> Result<(), Fault> {
    let name = order.account.as_str();
    let call = Call::get(Kind::ServiceAccount, Some(SYSTEM_NAMESPACE), name);
    let there = match kube.wire.own::<Object>(call).await {
        Ok(there) => there,
        Err(failed) if failed.is_absent(name) => return kube.pin.now(&kube.wire).await,
        Err(failed) => return Err(failed.into()),
    };
    if !is_our_account(&there, order) {
        return Err(foreign_account(kube, name));
    }
    let at = (SYSTEM_NAMESPACE, name);
    delete(kube, Kind::ServiceAccount, at, Some(&there.metadata.uid)).await?;
    Ok(())
}
