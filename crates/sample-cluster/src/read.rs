//! Getting and listing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::{Answer, Call, Chosen};
use crate::object;
use crate::status::{Flaw, Refusal};
use crate::store::State;

/// Where a list goes on.
#[derive(Serialize, Deserialize)]
struct Next {
    version: u64,
    namespace: String,
    name: String,
}

pub(crate) fn get(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let place = if call.kind.namespaced { call.at.namespace.as_str() } else { "" };
    let found = state.get(call.kind, place, &call.at.name);
    let found = found.ok_or_else(|| Refusal::not_found(call.kind, &call.at.name))?;
    Ok(Answer::found(found.clone()))
}

/// Pages are read from what is there when they are asked for, in the order of names: what was
/// there from the first page to the last is in one of them.
pub(crate) fn list(state: &State, call: &Call) -> Result<Answer, Refusal> {
    check_options(call, false)?;
    let chosen = Chosen::of(call)?;
    let after = next(call)?;
    let limit = match call.option("limit") {
        "" | "0" => usize::MAX,
        text => text.parse().map_err(|_error| not_a_number("ParseInt", text))?,
    };
    let place = |one: &Value| (object::namespace(one).to_owned(), object::name(one).to_owned());
    let mut left: Vec<&Value> = state
        .list(call.kind, &call.at.namespace)
        .filter(|one| chosen.includes(one))
        .filter(|one| {
            after
                .as_ref()
                .is_none_or(|next| place(one) > (next.namespace.clone(), next.name.clone()))
        })
        .collect();
    let version = after.as_ref().map_or(state.version(), |next| next.version);
    let mut meta = json!({ "resourceVersion": version.to_string() });
    let rest = left.split_off(limit.min(left.len()));
    if let (false, Some(last), Some(meta)) = (rest.is_empty(), left.last(), meta.as_object_mut()) {
        let (namespace, name) = place(last);
        let next = serde_json::to_vec(&Next { version, namespace, name }).unwrap_or_default();
        meta.insert("continue".to_owned(), URL_SAFE_NO_PAD.encode(next).into());
        if call.option("labelSelector").is_empty() && call.option("fieldSelector").is_empty() {
            meta.insert("remainingItemCount".to_owned(), rest.len().into());
        }
    }
    Ok(Answer::found(json!({
        "kind": format!("{}List", call.kind.name),
        "apiVersion": call.kind.api_version(),
        "metadata": meta,
        "items": left,
    })))
}

fn next(call: &Call) -> Result<Option<Next>, Refusal> {
    let text = call.option("continue");
    if text.is_empty() {
        return Ok(None);
    }
    let read = || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let next = read().ok_or_else(|| Refusal::bad_request("continue key is not valid"))?;
    Ok(Some(next))
}

/// A watch goes on from the version that its caller has seen; without one, it begins with all
/// that is there.
pub(crate) fn watch(state: &State, call: &Call) -> Result<Answer, Refusal> {
    check_options(call, true)?;
    let chosen = Chosen::of(call)?;
    let from: u64 = match call.option("resourceVersion") {
        "" => 0,
        text => text.parse().map_err(|_error| not_a_number("ParseUint", text))?,
    };
    if from == 0 {
        let all = state.list(call.kind, &call.at.namespace).filter(|one| chosen.includes(one));
        return Ok(Answer::Watch { from: state.version(), first: all.cloned().collect() });
    }
    Ok(Answer::Watch { from, first: Vec::new() })
}

fn not_a_number(how: &str, text: &str) -> Refusal {
    Refusal::bad_request(format!("strconv.{how}: parsing {text:?}: invalid syntax"))
}

/// Newer clients ask for lists that come as watches. They fall back when that is refused, as this
/// version refuses it.
fn check_options(call: &Call, is_watch: bool) -> Result<(), Refusal> {
    const AT: &str = "resourceVersionMatch";
    if call.option(AT).is_empty() {
        return Ok(());
    }
    let flaw = |why| Flaw::forbidden(AT, &format!("{AT} is forbidden {why}"));
    let mut flaws = Vec::new();
    if is_watch {
        flaws.push(flaw("for watch"));
    }
    if call.option("resourceVersion").is_empty() {
        flaws.push(flaw("unless resourceVersion is provided"));
    }
    if flaws.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid("ListOptions", "meta.k8s.io", "", &flaws))
}
