//! What becomes of an object under each kind of patch.

use serde_json::Value;

use crate::body::Body;
use crate::status::Refusal;

pub(crate) const APPLY: &str = "application/apply-patch+yaml";

/// The object after the patch.
pub(crate) fn apply(before: &Value, body: &Body) -> Result<Value, Refusal> {
    let mut after = before.clone();
    match body.media.as_str() {
        "application/merge-patch+json" => json_patch::merge(&mut after, &body.json()?),
        // In what can be changed here no list is merged by a key, so without words that say how to
        // merge it is the same as the patch before.
        "application/strategic-merge-patch+json" => {
            let patch = body.json()?;
            if directs(&patch) {
                return Err(Refusal::not_here("it knows no directives ($patch) in patches"));
            }
            json_patch::merge(&mut after, &patch);
        }
        // Of the real one's bookkeeping, who owns which field, nothing is kept: what was applied
        // is merged, lists are replaced, and a field that is left out later stays.
        APPLY => json_patch::merge(&mut after, &body.yaml()?),
        _ => {
            return Err(Refusal::media_type(
                "application/merge-patch+json, application/strategic-merge-patch+json, \
                 application/apply-patch+yaml",
            ));
        }
    }
    Ok(after)
}

/// Whether a patch says how it is to be merged.
fn directs(patch: &Value) -> bool {
    match patch {
        Value::Object(all) => all.iter().any(|(key, one)| key.starts_with('$') || directs(one)),
        Value::Array(all) => all.iter().any(directs),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(media: &str, patch: &Value) -> Result<Value, Refusal> {
        let before = json!({ "a": { "b": 1, "c": 2 }, "l": [1, 2] });
        apply(&before, &Body::new(media, patch.to_string().into_bytes().into()))
    }

    #[test]
    fn each_kind_of_patch_merges_in_its_own_way() {
        let patch = json!({ "a": { "b": null }, "l": [3] });
        for media in
            ["application/merge-patch+json", "application/strategic-merge-patch+json", APPLY]
        {
            assert_eq!(after(media, &patch).unwrap(), json!({ "a": { "c": 2 }, "l": [3] }));
        }
    }

    #[test]
    fn other_patches_are_refused() {
        for media in ["application/xml", "application/json-patch+json"] {
            assert_eq!(after(media, &json!([])).unwrap_err().code, 415);
        }
        let replaces = json!({ "a": { "$patch": "replace", "d": 3 } });
        let media = "application/strategic-merge-patch+json";
        assert_eq!(after(media, &replaces).unwrap_err().code, 501);
    }
}
