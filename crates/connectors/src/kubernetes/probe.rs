//! Asking the API server as the grantee.
//!
//! The same questions are asked after an apply and after a revoke, and one answer serves both:
//!
//! | the grantee may do | the grant's binding | answer |
//! | --- | --- | --- |
//! | nothing of it | whatever | `Refused` |
//! | all of it | is there | `Usable` |
//! | some of it | is there | `NotYet` |
//! | some or all | is gone, and other bindings of the account allow exactly that | `Covered` |
//! | some or all | is gone, and nothing that Bellhop can read explains it | `NotYet` |
//!
//! So after a revoke only `Refused` and `Covered` show that access is gone, and only `Usable`
//! shows after an apply that it is there. Nothing here waits: the engine asks again.

use bellhop_domain::Before;
use futures::future::try_join_all;
use k8s_openapi::api::rbac::v1::{PolicyRule, RoleBinding, RoleRef, Subject};
use secrecy::SecretString;
use serde::Deserialize;

use super::binding::{self, is_account};
use super::call::{Call, Kind};
use super::names::{self, SYSTEM_NAMESPACE};
use super::plan::{self, Plan, Probe as Question};
use super::wire::Ignored;
use super::{Kubernetes, grantee};
use crate::{Fault, Order, Probe};

pub(super) async fn probe(
    kube: &Kubernetes,
    order: &Order,
    before: &Before,
) -> Result<Probe, Fault> {
    let namespace = binding::place(kube, order)?;
    kube.refuse_own_account(&order.account)?;
    let plan = Plan::read(before)?;
    kube.pin.recently(&kube.wire).await?;
    if plan.probes.is_empty() {
        return Ok(Probe::NothingToAsk(format!(
            "{} on {namespace} adds nothing to what {} holds already",
            order.target.permission, order.account
        )));
    }
    let (answers, bound) =
        tokio::join!(ask(kube, order, namespace, &plan.probes), is_bound(kube, order, namespace));
    // Also where everything is refused: if the binding is not there, the pin was checked, and the
    // answer is not another cluster's.
    let (answers, bound) = (answers?, bound?);
    let Some(answers) = answers else {
        return Ok(Probe::Refused(format!("the account {} is gone", names::user(&order.account))));
    };
    let paired = || plan.probes.iter().zip(&answers);
    let allowed: Vec<&Question> = paired().filter(|(_, yes)| **yes).map(|(one, _)| one).collect();
    let refused: Vec<&Question> = paired().filter(|(_, yes)| !**yes).map(|(one, _)| one).collect();
    let who = names::user(&order.account);
    if allowed.is_empty() {
        return Ok(Probe::Refused(format!("in {namespace}, {who} may not {}", words(&refused))));
    }
    if !bound {
        return explain(kube, order, namespace, &allowed).await;
    }
    if refused.is_empty() {
        return Ok(Probe::Usable(format!("in {namespace}, {who} may {}", words(&allowed))));
    }
    Ok(Probe::NotYet(format!(
        "in {namespace}, {who} may {} but not yet {}",
        words(&allowed),
        words(&refused)
    )))
}

/// Nothing when the account is gone. A token that is not accepted shows that only when no new one
/// can be had: it could as well have run out.
async fn ask(
    kube: &Kubernetes,
    order: &Order,
    namespace: &str,
    questions: &[Question],
) -> Result<Option<Vec<bool>>, Fault> {
    let Some(token) = account_token(kube, order).await? else { return Ok(None) };
    match grantee::ask(&kube.wire, &token, namespace, questions).await {
        Ok(answers) => return Ok(Some(answers)),
        Err(failed) if failed.is(401) => kube.tokens.forget(&order.account),
        Err(failed) => return Err(failed.into()),
    }
    let Some(token) = account_token(kube, order).await? else { return Ok(None) };
    let answers = grantee::ask(&kube.wire, &token, namespace, questions).await;
    answers.map(Some).map_err(|failed| match failed {
        failed if failed.is(401) => Fault::Unavailable(format!(
            "{}: the API server does not accept the token that it has just made for {}: {}",
            kube.settings.integration, order.account, failed.fault
        )),
        failed => failed.fault,
    })
}

async fn account_token(kube: &Kubernetes, order: &Order) -> Result<Option<SecretString>, Fault> {
    match kube.tokens.of(&kube.wire, &order.account).await {
        Ok(token) => Ok(Some(token)),
        Err(failed) if failed.is_absent(&order.account) => {
            kube.pin.now(&kube.wire).await?;
            Ok(None)
        }
        Err(failed) => Err(failed.into()),
    }
}

async fn is_bound(kube: &Kubernetes, order: &Order, namespace: &str) -> Result<bool, Fault> {
    let name = names::binding(order.grant);
    match kube.wire.own::<Ignored>(Call::get(Kind::RoleBinding, Some(namespace), &name)).await {
        Ok(_) => Ok(true),
        Err(failed) if failed.is_absent(&name) => {
            kube.pin.now(&kube.wire).await?;
            Ok(false)
        }
        Err(failed) => Err(failed.into()),
    }
}

#[derive(Debug, Deserialize)]
struct Role {
    rules: Option<Vec<PolicyRule>>,
}

/// The binding is gone and something is still allowed: which other binding allows it?
async fn explain(
    kube: &Kubernetes,
    order: &Order,
    namespace: &str,
    allowed: &[&Question],
) -> Result<Probe, Fault> {
    let mut found: Vec<(String, RoleRef)> = Vec::new();
    for (kind, scope) in [(Kind::RoleBinding, Some(namespace)), (Kind::ClusterRoleBinding, None)] {
        // A ClusterRoleBinding has the same fields. Reading those is not among the rights that
        // Bellhop asks for; where an admin gave it, it is used.
        let bindings: Vec<RoleBinding> = match kube.wire.list(kind, scope, "").await {
            Ok(bindings) => bindings,
            Err(failed) if failed.is(403) && kind == Kind::ClusterRoleBinding => continue,
            Err(failed) => return Err(failed.into()),
        };
        let holds = |one: &RoleBinding| {
            one.subjects.iter().flatten().any(|subject| includes(subject, &order.account))
        };
        found.extend(
            bindings.into_iter().filter(holds).map(|one| (describe(kind, &one), one.role_ref)),
        );
    }
    let rules = found.iter().map(|(_, role)| readable_rules(kube, namespace, role));
    let rules = try_join_all(rules).await?;
    let covers = |rules: &[PolicyRule]| allowed.iter().any(|one| plan::allows(rules, one));
    let explained = |one: &&Question| rules.iter().any(|rules| plan::allows(rules, one));
    let by: Vec<String> = found
        .into_iter()
        .zip(&rules)
        .filter(|(_, rules)| covers(rules))
        .map(|((name, _), _)| name)
        .collect();
    if allowed.iter().all(explained) {
        return Ok(Probe::Covered(by.join(", ")));
    }
    Ok(Probe::NotYet(format!(
        "the RoleBinding of this grant is gone from {namespace}, but {} may still {}, and no binding that \
         Bellhop can read allows all of it",
        names::user(&order.account),
        words(allowed)
    )))
}

/// Whether a subject is the account, or a group that every account of its kind is in.
fn includes(subject: &Subject, account: &str) -> bool {
    let groups = ["system:authenticated", "system:serviceaccounts"];
    let group = |name: &str| {
        groups.contains(&name) || name == format!("system:serviceaccounts:{SYSTEM_NAMESPACE}")
    };
    is_account(subject, account)
        || (subject.kind == "Group" && group(&subject.name))
        || (subject.kind == "User" && subject.name == names::user(account))
}

fn describe(kind: Kind, binding: &RoleBinding) -> String {
    let name = binding.metadata.name.as_deref().unwrap_or_default();
    let label = binding.metadata.labels.as_ref().and_then(|all| all.get(names::GRANT));
    match label {
        Some(grant) => {
            format!("grant {grant} ({} {})", binding.role_ref.kind, binding.role_ref.name)
        }
        None => format!(
            "{} {name} ({} {})",
            kind.plural(),
            binding.role_ref.kind,
            binding.role_ref.name
        ),
    }
}

/// A role that Bellhop may not read explains nothing.
async fn readable_rules(
    kube: &Kubernetes,
    namespace: &str,
    role: &RoleRef,
) -> Result<Vec<PolicyRule>, Fault> {
    let call = match role.kind.as_str() {
        "Role" => Call::get(Kind::Role, Some(namespace), &role.name),
        _ => Call::get(Kind::ClusterRole, None, &role.name),
    };
    match kube.wire.own::<Role>(call).await {
        Ok(role) => Ok(role.rules.unwrap_or_default()),
        Err(failed) if failed.is(403) || failed.is(404) => Ok(Vec::new()),
        Err(failed) => Err(failed.into()),
    }
}

fn words(questions: &[&Question]) -> String {
    let texts: Vec<String> = questions.iter().map(ToString::to_string).collect();
    texts.join(", ")
}
