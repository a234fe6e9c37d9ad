//! Before the first effect: is the target there, what does it allow, and how will it show?

use bellhop_domain::Before;
use k8s_openapi::api::rbac::v1::PolicyRule;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::call::{Call, Kind};
use super::names::{self, SYSTEM_NAMESPACE};
use super::plan::{self, PROBES, Plan, Probe};
use super::settings::OfferedRole;
use super::wire::{Ignored, Object};
use super::{Kubernetes, grantee};
use crate::{Fault, Order};

#[derive(Debug, Deserialize)]
struct Namespace {
    metadata: super::wire::Meta,
    #[serde(default)]
    status: NamespaceStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamespaceStatus {
    phase: String,
}

#[derive(Debug, Deserialize)]
struct Role {
    rules: Option<Vec<PolicyRule>>,
}

/// Round trips: namespace, role (and pin) together; account; token; questions together.
pub(super) async fn prepare(kube: &Kubernetes, order: &Order) -> Result<Before, Fault> {
    let (namespace, role) = kube.settings.resolve(&order.target)?;
    kube.refuse_own_account(&order.account)?;
    let ((), uid, rules) = tokio::try_join!(
        kube.pin.recently(&kube.wire),
        namespace_uid(kube, namespace),
        rules(kube, namespace, role)
    )?;
    let candidates = plan::candidates(&rules);
    if candidates.is_empty() {
        return Err(no_rules(kube, namespace, role, &rules));
    }
    make_account(kube, order).await?;
    let probes = choose(kube, namespace, &order.account, &candidates).await?;
    Plan::new(uid, probes).into_before()
}

/// The namespace's uid, if it is there to stay.
pub(super) async fn namespace_uid(kube: &Kubernetes, name: &str) -> Result<String, Fault> {
    let integration = &kube.settings.integration;
    match kube.wire.own::<Namespace>(Call::get(Kind::Namespace, None, name)).await {
        Ok(found) if found.status.phase == "Terminating" => {
            Err(Fault::TargetGone(format!("{integration}: the namespace {name} is being deleted")))
        }
        Ok(found) => Ok(found.metadata.uid),
        Err(failed) if failed.is_absent(name) => {
            kube.pin.now(&kube.wire).await?;
            Err(Fault::TargetGone(format!(
                "{integration}: there is no namespace {name} (any more). Create it, or ask for another one"
            )))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// The rules of a role as they are now.
pub(super) async fn rules(
    kube: &Kubernetes,
    namespace: &str,
    role: &OfferedRole,
) -> Result<Vec<PolicyRule>, Fault> {
    let call = match role {
        OfferedRole::ClusterRole { name } => Call::get(Kind::ClusterRole, None, name),
        OfferedRole::Role { name, .. } => Call::get(Kind::Role, Some(namespace), name),
    };
    match kube.wire.own::<Role>(call).await {
        Ok(found) => Ok(found.rules.unwrap_or_default()),
        Err(failed) if failed.is_absent(role.name()) => {
            kube.pin.now(&kube.wire).await?;
            Err(Fault::Impossible(format!(
                "{}: the {} is offered but does not exist. Create it, or offer another role",
                kube.settings.integration,
                role.describe()
            )))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// Binding a role without rules would be taken for access and give none.
fn no_rules(kube: &Kubernetes, namespace: &str, role: &OfferedRole, rules: &[PolicyRule]) -> Fault {
    let (integration, role) = (&kube.settings.integration, role.describe());
    if rules.is_empty() {
        return Fault::Unavailable(format!(
            "{integration}: the {role} has no rules yet, so it would give nothing in {namespace}. An aggregated \
             role gets its rules from the clusterrole-aggregation controller of kube-controller-manager; \
             check that it runs, and that roles with the labels that it collects exist"
        ));
    }
    Fault::Impossible(format!(
        "{integration}: the {role} allows nothing inside a namespace (it has only rules for addresses \
         outside the API), so it would give nothing in {namespace}. Offer another role"
    ))
}

/// Makes the grantee's account. It gives nothing by itself.
async fn make_account(kube: &Kubernetes, order: &Order) -> Result<(), Fault> {
    let name = order.account.as_str();
    let body = json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": name,
            "labels": names::labels(order.installation, names::PART_ACCOUNT),
        },
        "automountServiceAccountToken": false,
    });
    let made = Call::create(Kind::ServiceAccount, Some(SYSTEM_NAMESPACE), &body)?;
    match kube.wire.own::<Ignored>(made).await {
        Ok(_) => Ok(()),
        Err(failed) if failed.is(409) => {
            let call = Call::get(Kind::ServiceAccount, Some(SYSTEM_NAMESPACE), name);
            let there: Object = kube.wire.own(call).await?;
            if is_our_account(&there, order) { Ok(()) } else { Err(foreign_account(kube, name)) }
        }
        Err(failed) if failed.is(404) => Err(Fault::NotAllowed(format!(
            "{}: the namespace {SYSTEM_NAMESPACE} is missing, where the accounts of grantees are kept. Connect \
             the cluster again to make it",
            kube.settings.integration
        ))),
        Err(failed) => Err(failed.into()),
    }
}

pub(super) fn is_our_account(object: &Object, order: &Order) -> bool {
    let labels = &object.metadata.labels;
    labels.get(names::INSTALLATION) == Some(&order.installation.to_string())
        && labels.get(names::PART).is_some_and(|part| part == names::PART_ACCOUNT)
}

pub(super) fn foreign_account(kube: &Kubernetes, name: &str) -> Fault {
    Fault::Impossible(format!(
        "{}: the account {name} in {SYSTEM_NAMESPACE} was not made by this Bellhop (its labels say otherwise), so \
         it is not used. Ask again: a new name is made for every account",
        kube.settings.integration
    ))
}

/// The questions that are refused now. They are asked in small rounds, best first; the first
/// round in which any is refused is enough. None refused in any round: the role adds nothing.
async fn choose(
    kube: &Kubernetes,
    namespace: &str,
    account: &str,
    candidates: &[Probe],
) -> Result<Vec<Probe>, Fault> {
    let token: SecretString = kube.tokens.of(&kube.wire, account).await?;
    for round in candidates.chunks(PROBES) {
        let allowed = grantee::ask(&kube.wire, &token, namespace, round).await;
        let allowed = allowed.inspect_err(|_| kube.tokens.forget(account))?;
        let refused = round.iter().zip(allowed).filter(|(_, allowed)| !allowed);
        let refused: Vec<Probe> = refused.map(|(probe, _)| probe.clone()).collect();
        if !refused.is_empty() {
            return Ok(refused);
        }
    }
    Ok(Vec::new())
}
