//! Making, changing and removing objects.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::kinds::{ACCOUNT, NAMESPACE, POD, Use};
use crate::rbac::{self, Wish};
use crate::status::Refusal;
use crate::store::State;
use crate::{admit, escalate, object, patch, seed};

/// What names made by the server end with: no vowels, so that they are no words.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
const MOST_RANDOM: usize = 5;

pub(crate) fn create(
    state: &mut State,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    if call.kind.usage == Use::Planted {
        return Err(Refusal::not_here(
            "this is a sample cluster: it runs no containers, so no pods can be made in it",
        ));
    }
    let body = call.body.object(call.kind)?;
    make(state, call, body, now)
}

fn make(
    state: &mut State,
    call: &Call,
    body: Value,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let (kind, place) = (call.kind, &call.at.namespace);
    let mut fresh = admit::normal(kind, body)?;
    if kind.namespaced {
        place_in(&mut fresh, place)?;
        if state.get(&NAMESPACE, "", place).is_none() {
            return Err(Refusal::not_found(&NAMESPACE, place));
        }
    }
    let wanted = object::meta(&fresh, "generateName").to_owned();
    if object::name(&fresh).is_empty() && !wanted.is_empty() {
        object::set_meta(&mut fresh, "name", format!("{wanted}{}", random_end()));
    }
    escalate::check(state, &call.user, kind, (None, &fresh))?;
    admit::check(kind, &fresh)?;
    if *kind == NAMESPACE
        && let Some(namespace) = fresh.as_object_mut()
    {
        namespace.insert("spec".to_owned(), json!({ "finalizers": ["kubernetes"] }));
        namespace.insert("status".to_owned(), json!({ "phase": "Active" }));
    }
    let name = object::name(&fresh).to_owned();
    let home = if kind.namespaced { place.as_str() } else { "" };
    if state.get(kind, home, &name).is_some() {
        return Err(Refusal::already_exists(kind, &name));
    }
    if call.is_dry() {
        return Ok(Answer::made(fresh));
    }
    let made = seed::keep(state, kind, fresh, now)?;
    if *kind == NAMESPACE {
        seed::default_account(state, &name, now)?;
    }
    Ok(Answer::made(made))
}

fn place_in(object: &mut Value, namespace: &str) -> Result<(), Refusal> {
    let said = object::namespace(object);
    if !said.is_empty() && said != namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    object::set_meta(object, "namespace", namespace);
    Ok(())
}

fn random_end() -> String {
    let bytes: [u8; MOST_RANDOM] = rand::random();
    let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len()).copied();
    bytes.into_iter().filter_map(letter).map(char::from).collect()
}

fn current<'a>(state: &'a State, call: &Call) -> Result<&'a Value, Refusal> {
    let home = if call.kind.namespaced { call.at.namespace.as_str() } else { "" };
    let found = state.get(call.kind, home, &call.at.name);
    found.ok_or_else(|| Refusal::not_found(call.kind, &call.at.name))
}

pub(crate) fn update(state: &mut State, call: &Call) -> Result<Answer, Refusal> {
    let body = call.body.object(call.kind)?;
    let before = current(state, call)?.clone();
    change(state, call, &before, body)
}

pub(crate) fn patch(state: &mut State, call: &Call, now: DateTime<Utc>) -> Result<Answer, Refusal> {
    let applied = call.body.media == patch::APPLY;
    if applied && call.option("fieldManager").is_empty() {
        let flaw = crate::status::Flaw::required("fieldManager", "is required for apply patch");
        return Err(Refusal::invalid("PatchOptions", "meta.k8s.io", "", &[flaw]));
    }
    let before = match current(state, call) {
        Ok(before) => before.clone(),
        Err(absent) if !applied => return Err(absent),
        Err(absent) => return make_by_apply(state, call, absent, now),
    };
    let after = patch::apply(&before, &call.body)?;
    change(state, call, &before, after)
}

/// Applying makes what is not there, which takes the right to create it as well.
fn make_by_apply(
    state: &mut State,
    call: &Call,
    absent: Refusal,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    if call.kind.usage != Use::Kept {
        return Err(absent);
    }
    let wish = Wish {
        verb: "create".to_owned(),
        group: call.kind.group.to_owned(),
        resource: call.kind.plural.to_owned(),
        namespace: call.at.namespace.clone(),
        name: call.at.name.clone(),
        ..Wish::default()
    };
    let verdict = rbac::decide(state, &call.user, &wish);
    if !verdict.allowed {
        return Err(crate::door::refuse(&call.user, &wish, &verdict.reason));
    }
    let mut body = call.body.yaml()?;
    same_name(call, &body)?;
    object::set_meta(&mut body, "name", call.at.name.as_str());
    make(state, call, body, now)
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

fn change(state: &mut State, call: &Call, before: &Value, after: Value) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind, &call.at.name);
    same_name(call, &after)?;
    let mut after = admit::normal(kind, after)?;
    if kind.namespaced {
        place_in(&mut after, &call.at.namespace)?;
    }
    for key in ["uid", "resourceVersion"] {
        let said = object::meta(&after, key);
        if !said.is_empty() && said != object::meta(before, key) {
            return Err(Refusal::conflict(kind, name));
        }
    }
    for key in ["uid", "resourceVersion", "creationTimestamp"] {
        object::set_meta(&mut after, key, object::meta(before, key));
    }
    if let (true, Some(into)) = (kind == &NAMESPACE || kind == &POD, after.as_object_mut()) {
        // Nobody but the cluster itself says how it stands.
        for key in ["status", "spec"] {
            let kept = before.get(key).cloned().unwrap_or_default();
            if key == "status" || kind == &NAMESPACE {
                into.insert(key.to_owned(), kept);
            }
        }
    }
    escalate::check(state, &call.user, kind, (Some(before), &after))?;
    admit::check(kind, &after)?;
    admit::check_change(kind, before, &after)?;
    if call.is_dry() || after == *before {
        return Ok(Answer::found(after));
    }
    Ok(Answer::found(state.put(kind, after)?))
}

pub(crate) fn delete(
    state: &mut State,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind, &call.at.name);
    let options = if call.body.bytes.is_empty() { json!({}) } else { call.body.read()? };
    let mut found = current(state, call)?.clone();
    for (key, spelt) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
        let (wanted, there) =
            (object::word(&options, &format!("/preconditions/{key}")), object::meta(&found, key));
        if !wanted.is_empty() && wanted != there {
            let since = if key == "uid" { "deleted and then recreated" } else { "modified" };
            let why = format!(
                "the {spelt} in the precondition ({wanted}) does not match the {spelt} in record ({there}). The \
                 object might have been {since}"
            );
            return Err(Refusal::precondition(kind, name, &why));
        }
    }
    if *kind == NAMESPACE && ["default", "kube-system"].contains(&name.as_str()) {
        let why = "this namespace may not be deleted";
        return Err(Refusal::forbidden(kind.plural, kind.group, name, why));
    }
    let dry = call.is_dry() || object::list(&options, "/dryRun").contains(&json!("All"));
    let home = if kind.namespaced { call.at.namespace.as_str() } else { "" };
    if !dry {
        state.remove(kind, home, name)?;
        if *kind == ACCOUNT && name == "default" {
            seed::default_account(state, home, now)?;
        }
    }
    if *kind == NAMESPACE
        && let Some(namespace) = found.as_object_mut()
    {
        namespace.insert("status".to_owned(), json!({ "phase": "Terminating" }));
    }
    if [&NAMESPACE, &ACCOUNT, &POD].contains(&kind) {
        return Ok(Answer::found(found));
    }
    Ok(Answer::found(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": {
            "name": name, "group": kind.group, "kind": kind.plural,
            "uid": object::meta(&found, "uid"),
        },
    })))
}
