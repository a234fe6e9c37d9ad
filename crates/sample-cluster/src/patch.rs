//! What becomes of an object under each kind of patch.

use serde_json::{Map, Value};

use crate::body::Body;
use crate::status::Refusal;

pub(crate) const APPLY: &str = "application/apply-patch+yaml";

/// The lists that are merged by a key and not replaced, in objects that are here.
const KEYED: [(&str, &str); 2] = [("secrets", "name"), ("imagePullSecrets", "name")];

/// The object after the patch.
pub(crate) fn apply(before: &Value, body: &Body) -> Result<Value, Refusal> {
    let mut after = before.clone();
    match body.media.as_str() {
        "application/merge-patch+json" => json_patch::merge(&mut after, &body.json()?),
        // Of the real one's bookkeeping, who owns which field, nothing is kept: what was applied
        // is merged, lists are replaced, and a field that is left out later stays.
        APPLY => json_patch::merge(&mut after, &body.yaml()?),
        "application/strategic-merge-patch+json" => strategic(&mut after, body.json()?),
        "application/json-patch+json" => {
            let patch = serde_json::from_value::<json_patch::Patch>(body.json()?);
            let patch = patch.map_err(|error| Refusal::bad_request(error.to_string()))?;
            json_patch::patch(&mut after, &patch).map_err(|_error| Refusal::misfit())?;
        }
        _ => {
            return Err(Refusal::media_type(
                "application/json-patch+json, application/merge-patch+json, \
                 application/strategic-merge-patch+json, application/apply-patch+yaml",
            ));
        }
    }
    Ok(after)
}

/// A merge in which some lists are keyed, and `$` words say how.
fn strategic(into: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *into = patch;
        return;
    };
    let how = patch.get("$patch").and_then(Value::as_str);
    if !into.is_object() || how == Some("replace") {
        *into = Value::Object(Map::new());
    }
    let Some(object) = into.as_object_mut() else { return };
    for (key, value) in patch {
        if key.starts_with('$') {
            continue;
        }
        let by = KEYED.iter().find(|(list, _)| *list == key).map(|(_, by)| *by);
        match (by, value) {
            (_, Value::Null) => {
                object.remove(&key);
            }
            (Some(by), Value::Array(items)) => {
                let list = object.entry(key).or_insert_with(|| Value::Array(Vec::new()));
                for item in items {
                    strategic_item(list, by, item);
                }
            }
            (_, value) => strategic(object.entry(key).or_insert(Value::Null), value),
        }
    }
}

fn strategic_item(list: &mut Value, by: &str, item: Value) {
    let Some(list) = list.as_array_mut() else { return };
    let same = |one: &Value| one.get(by) == item.get(by);
    let at = list.iter().position(same);
    if item.get("$patch").and_then(Value::as_str) == Some("delete") {
        at.map(|at| list.remove(at));
        return;
    }
    match at.and_then(|at| list.get_mut(at)) {
        Some(there) => strategic(there, item),
        None => list.push(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(media: &str, patch: &Value) -> Value {
        let before = json!({ "a": { "b": 1, "c": 2 }, "secrets": [{ "name": "x" }], "l": [1, 2] });
        let body = Body::new(media, patch.to_string().into_bytes().into());
        apply(&before, &body).unwrap()
    }

    #[test]
    fn each_kind_of_patch_merges_in_its_own_way() {
        let patch = json!({ "a": { "b": null }, "secrets": [{ "name": "y" }], "l": [3] });
        assert_eq!(
            after("application/merge-patch+json", &patch),
            json!({ "a": { "c": 2 }, "secrets": [{ "name": "y" }], "l": [3] })
        );
        assert_eq!(
            after("application/strategic-merge-patch+json", &patch),
            json!({ "a": { "c": 2 }, "secrets": [{ "name": "x" }, { "name": "y" }], "l": [3] })
        );
        let patch = json!({ "a": { "$patch": "replace", "d": 3 }, "$setElementOrder/l": [],
            "secrets": [{ "name": "x", "$patch": "delete" }] });
        assert_eq!(
            after("application/strategic-merge-patch+json", &patch),
            json!({ "a": { "d": 3 }, "secrets": [], "l": [1, 2] })
        );
        let patch = json!([{ "op": "remove", "path": "/l" }]);
        assert_eq!(after("application/json-patch+json", &patch).get("l"), None);
    }

    #[test]
    fn other_patches_are_refused() {
        let body = Body::new("application/xml", "<a/>".into());
        assert_eq!(apply(&json!({}), &body).unwrap_err().code, 415);
    }
}
