//! A grant's own object: one `RoleBinding`, named after the grant.

use bellhop_domain::Before;
use chrono::{DateTime, SecondsFormat, Utc};
use k8s_openapi::api::rbac::v1::{RoleBinding, Subject};
use serde_json::{Value, json};

use super::Kubernetes;
use super::answer::Failed;
use super::call::{Call, Kind};
use super::names::{self, SYSTEM_NAMESPACE};
use super::plan::Plan;
use super::prepare::namespace_uid;
use super::settings::OfferedRole;
use super::wire::Ignored;
use crate::{Fault, Order, Presence};

pub(super) async fn apply(kube: &Kubernetes, order: &Order, before: &Before) -> Result<(), Fault> {
    let (namespace, role) = kube.settings.resolve(&order.target)?;
    kube.refuse_own_account(&order.account)?;
    let plan = Plan::read(before)?;
    tokio::try_join!(kube.pin.recently(&kube.wire), same_namespace(kube, namespace, &plan))?;
    let create = Call::create(Kind::RoleBinding, Some(namespace), &wanted(order, namespace, role))?;
    match kube.wire.own::<Ignored>(create).await {
        Ok(_) => Ok(()),
        Err(failed) if failed.is(409) => Ok(keep(kube, order, namespace, role).await?),
        Err(failed) => Err(failed.into()),
    }
}

/// Moves the deadline that is noted. A binding that is not there any more was taken away by
/// somebody else, and stays away.
pub(super) async fn extend(kube: &Kubernetes, order: &Order, before: &Before) -> Result<(), Fault> {
    let (namespace, role) = kube.settings.resolve(&order.target)?;
    let plan = Plan::read(before)?;
    tokio::try_join!(kube.pin.recently(&kube.wire), same_namespace(kube, namespace, &plan))?;
    match keep(kube, order, namespace, role).await {
        Ok(()) => Ok(()),
        Err(failed) if failed.is_absent(&names::binding(order.grant)) => {
            kube.pin.now(&kube.wire).await?;
            Err(Fault::Impossible(format!(
                "{}: the RoleBinding {} in {namespace} is not there any more. It was removed by somebody else, and \
                 is not made again",
                kube.settings.integration,
                names::binding(order.grant)
            )))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// A namespace that was deleted and made again under its name is another target.
pub(super) async fn same_namespace(
    kube: &Kubernetes,
    namespace: &str,
    plan: &Plan,
) -> Result<(), Fault> {
    let uid = namespace_uid(kube, namespace).await?;
    if uid == plan.namespace_uid {
        return Ok(());
    }
    Err(Fault::TargetGone(format!(
        "{}: the namespace {namespace} was deleted and made again since this was granted (its uid was {}, \
         now {uid}). Ask again for the new one",
        kube.settings.integration, plan.namespace_uid
    )))
}

fn wanted(order: &Order, namespace: &str, role: &OfferedRole) -> Value {
    let mut labels = names::labels(order.installation, names::PART_GRANT);
    labels.insert(names::GRANT.to_owned(), order.grant.to_string());
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {
            "name": names::binding(order.grant),
            "namespace": namespace,
            "labels": labels,
            "annotations": {
                names::DEADLINE: deadline(order.deadline),
                names::NOTE: "Access for a while, granted by Bellhop. Bellhop removes it at the deadline; \
                              removing it earlier ends the access.",
            },
        },
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": role.kind(),
            "name": role.name(),
        },
        "subjects": [
            { "kind": "ServiceAccount", "name": order.account, "namespace": SYSTEM_NAMESPACE },
        ],
    })
}

fn deadline(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The binding is there already: from a call whose reply was lost, or because the deadline moved.
async fn keep(
    kube: &Kubernetes,
    order: &Order,
    namespace: &str,
    role: &OfferedRole,
) -> Result<(), Failed> {
    let name = names::binding(order.grant);
    let call = Call::get(Kind::RoleBinding, Some(namespace), &name);
    let there: RoleBinding = kube.wire.own(call).await?;
    if let Some(difference) = difference(&there, order, role) {
        let changed = Fault::Impossible(format!(
            "{}: the RoleBinding {name} in {namespace} is not as Bellhop made it: {difference}. It was changed by \
             somebody else, so this grant is taken back",
            kube.settings.integration
        ));
        return Err(changed.into());
    }
    let due = deadline(order.deadline);
    let noted = there.metadata.annotations.unwrap_or_default().remove(names::DEADLINE);
    if noted.as_ref() != Some(&due) {
        let patch = json!({ "metadata": { "annotations": { names::DEADLINE: due } } });
        let call = Call::merge(Kind::RoleBinding, (namespace, &name), &patch)?;
        kube.wire.own::<Ignored>(call).await?;
    }
    Ok(())
}

/// What makes a binding under a grant's name another one than the grant's.
fn difference(there: &RoleBinding, order: &Order, role: &OfferedRole) -> Option<String> {
    let label = |key| there.metadata.labels.as_ref().and_then(|all| all.get(key));
    if label(names::INSTALLATION) != Some(&order.installation.to_string()) {
        return Some("it does not carry this installation's label".to_owned());
    }
    if label(names::GRANT) != Some(&order.grant.to_string()) {
        return Some("it does not carry this grant's label".to_owned());
    }
    let refers = &there.role_ref;
    if refers.kind != role.kind() || refers.name != role.name() {
        return Some(format!("it binds the {} {}", refers.kind, refers.name));
    }
    let subjects = there.subjects.as_deref().unwrap_or_default();
    match subjects {
        [only] if is_account(only, &order.account) => None,
        _ => Some(format!("it names {} subjects and not just the one account", subjects.len())),
    }
}

pub(super) fn is_account(subject: &Subject, account: &str) -> bool {
    subject.kind == "ServiceAccount"
        && subject.name == account
        && subject.namespace.as_deref() == Some(SYSTEM_NAMESPACE)
}

/// Whether the grant's binding is there. A 404 about that very name counts as "absent" only when
/// the pin holds *after* it (see `pin`). The namespace's uid does not matter here: a namespace
/// that was deleted took its bindings along, and the name is never used for another grant.
pub(super) async fn read(kube: &Kubernetes, order: &Order) -> Result<Presence, Fault> {
    let (namespace, name) = (place(kube, order)?, names::binding(order.grant));
    let call = Call::get(Kind::RoleBinding, Some(namespace), &name);
    match kube.wire.own::<RoleBinding>(call).await {
        Ok(there) => {
            kube.pin.recently(&kube.wire).await?;
            // A role that is not offered any more still has to be found and removed.
            let role = kube.settings.resolve(&order.target).ok().map(|(_, role)| role);
            let changed = role.and_then(|role| difference(&there, order, role));
            Ok(changed.map_or(Presence::Ours, Presence::Changed))
        }
        Err(failed) if failed.is_absent(&name) => {
            kube.pin.now(&kube.wire).await?;
            Ok(Presence::Absent)
        }
        Err(failed) => Err(failed.into()),
    }
}

/// The namespace of a grant that may have been made under other settings. What can be granted may
/// shrink later; what was granted must still be removed.
pub(super) fn place<'a>(kube: &Kubernetes, order: &'a Order) -> Result<&'a str, Fault> {
    let namespace = order.target.resource.as_str();
    if order.target.resource_type == "namespace" && names::is_dns_label(namespace) {
        return Ok(namespace);
    }
    Err(Fault::Impossible(format!(
        "{}: {} is not in a namespace",
        kube.settings.integration, order.target
    )))
}
