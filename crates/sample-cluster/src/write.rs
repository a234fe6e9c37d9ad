//! Making, changing and removing objects.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::door;
use crate::kinds::{Kind, NAMESPACE, Use};
use crate::rbac::Wish;
use crate::read::current;
use crate::status::{Flaw, Refusal};
use crate::store::State;
use crate::{admit, escalate, object, patch, seed};

pub(crate) fn create(state: &mut State, call: &Call, now: DateTime<Utc>) -> Result<Value, Refusal> {
    make(state, call, call.body.read()?, now)
}

fn make(state: &mut State, call: &Call, body: Value, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let (kind, place) = (call.kind, &call.at.namespace);
    let mut fresh = admit::normal(kind, body)?;
    place_in(&mut fresh, kind, place)?;
    if kind.namespaced && state.get(&NAMESPACE, "", place).is_none() {
        return Err(Refusal::not_found(&NAMESPACE, place));
    }
    escalate::check(state, &call.user, kind, (None, &fresh))?;
    admit::check(kind, &fresh)?;
    let name = object::name(&fresh).to_owned();
    if state.get(kind, place, &name).is_some() {
        return Err(Refusal::already_exists(kind, &name));
    }
    if *kind == NAMESPACE {
        return seed::namespace(state, fresh, now);
    }
    seed::keep(state, kind, fresh, now)
}

/// What is in no namespace must not name one.
fn place_in(object: &mut Value, kind: &Kind, namespace: &str) -> Result<(), Refusal> {
    let said = object::namespace(object);
    if !said.is_empty() && said != namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if kind.namespaced {
        object::set_meta(object, "namespace", namespace);
    }
    Ok(())
}

pub(crate) fn patch(
    state: &mut State,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<(StatusCode, Value), Refusal> {
    let applied = call.body.media == patch::APPLY;
    if applied && call.option("fieldManager").is_empty() {
        let flaw = Flaw::required("fieldManager", "is required for apply patch");
        return Err(flaw.refusal(("PatchOptions", "meta.k8s.io", "")));
    }
    match current(state, call) {
        Ok(before) => {
            let before = before.clone();
            let after = patch::apply(&before, &call.body)?;
            Ok((StatusCode::OK, change(state, call, &before, after)?))
        }
        // Applying makes what is not there, which takes the right to create it as well.
        Err(_) if applied && call.kind.usage == Use::Kept => {
            let wish = Wish::on("create", call.kind, &call.at.namespace, &call.at.name);
            door::check(state, &call.user, &wish)?;
            let mut body = call.body.yaml()?;
            same_name(call, &body)?;
            object::set_meta(&mut body, "name", call.at.name.as_str());
            Ok((StatusCode::CREATED, make(state, call, body, now)?))
        }
        Err(absent) => Err(absent),
    }
}

fn same_name(call: &Call, body: &Value) -> Result<(), Refusal> {
    let (said, name) = (object::name(body), &call.at.name);
    if said.is_empty() || said == name {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "the name of the object ({said}) does not match the name on the URL ({name})"
    )))
}

fn change(state: &mut State, call: &Call, before: &Value, after: Value) -> Result<Value, Refusal> {
    let (kind, name) = (call.kind, &call.at.name);
    same_name(call, &after)?;
    let mut after = admit::normal(kind, after)?;
    place_in(&mut after, kind, &call.at.namespace)?;
    for key in ["uid", "resourceVersion"] {
        let said = object::meta(&after, key);
        if !said.is_empty() && said != object::meta(before, key) {
            let why = "the object has been modified; please apply your changes to the latest version and try \
                       again";
            return Err(Refusal::conflict(kind, name, why));
        }
    }
    for key in ["name", "uid", "resourceVersion", "creationTimestamp"] {
        object::set_meta(&mut after, key, object::meta(before, key));
    }
    if let Some(status) = before.get("status") {
        // Nobody but the cluster itself says how it stands.
        object::set(&mut after, "status", status.clone());
    }
    escalate::check(state, &call.user, kind, (Some(before), &after))?;
    admit::check(kind, &after)?;
    admit::check_change(kind, before, &after)?;
    if after == *before { Ok(after) } else { state.put(kind, after) }
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (kind, name) = (call.kind, &call.at.name);
    let options = if call.body.bytes.is_empty() { json!({}) } else { call.body.read()? };
    let said = |at: &str| options.pointer(at).filter(|one| !one.is_null());
    if said("/dryRun").is_some_and(|dry| *dry != json!([])) {
        return Err(Refusal::not_here("it has no dry runs"));
    }
    let found = current(state, call)?;
    for key in ["uid", "resourceVersion"] {
        let there = object::meta(found, key);
        if let Some(wanted) = said(&format!("/preconditions/{key}"))
            && *wanted != there
        {
            let why = format!("the {key} in the precondition ({wanted}) does not match {there}");
            return Err(Refusal::conflict(kind, name, &why));
        }
    }
    if *kind == NAMESPACE && ["default", "kube-system"].contains(&name.as_str()) {
        let why = "this namespace may not be deleted";
        return Err(Refusal::forbidden((kind.plural, kind.group, name), why));
    }
    let uid = object::meta(found, "uid").to_owned();
    state.remove(kind, &call.at.namespace, name);
    Ok(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": { "name": name, "group": kind.group, "kind": kind.plural, "uid": uid },
    }))
}
