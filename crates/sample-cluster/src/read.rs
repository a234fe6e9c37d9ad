//! Getting and listing.

use serde_json::{Value, json};

use crate::call::Call;
use crate::select::Chosen;
use crate::status::{Flaw, Refusal};
use crate::store::State;

/// The object that a call is about.
pub(crate) fn current<'a>(state: &'a State, call: &Call) -> Result<&'a Value, Refusal> {
    let found = state.get(call.kind, &call.at.namespace, &call.at.name);
    found.ok_or_else(|| Refusal::not_found(call.kind, &call.at.name))
}

/// All at once, in the order of namespaces and names: a server may do so whatever `limit` says, and
/// there are only so many.
pub(crate) fn list(state: &State, call: &Call) -> Result<Value, Refusal> {
    check_options(call)?;
    if !call.option("continue").is_empty() {
        return Err(Refusal::bad_request("continue key is not valid: lists come whole here"));
    }
    let chosen = Chosen::of(call)?;
    let all = state.list(call.kind, &call.at.namespace).filter(|one| chosen.includes(one));
    Ok(json!({
        "kind": format!("{}List", call.kind.name),
        "apiVersion": call.kind.api_version(),
        "metadata": { "resourceVersion": state.version().to_string() },
        "items": all.collect::<Vec<_>>(),
    }))
}

/// Newer clients ask for lists that come as watches. They fall back when that is refused, as this
/// version refuses it.
pub(crate) fn check_options(call: &Call) -> Result<(), Refusal> {
    const AT: &str = "resourceVersionMatch";
    if call.option(AT).is_empty() {
        return Ok(());
    }
    let flaw = Flaw::forbidden(AT, &format!("{AT} is forbidden for watch, and not known here"));
    Err(flaw.refusal(("ListOptions", "meta.k8s.io", "")))
}
