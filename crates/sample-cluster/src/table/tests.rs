use serde_json::json;

use super::*;
use crate::kinds::{CLUSTER_ROLE, NAMESPACE, POD, ROLE_BINDING};

fn now() -> DateTime<Utc> {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

#[test]
fn ages_are_told_as_kubectl_tells_them() {
    for (seconds, told) in [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (127, "2m7s"),
        (600, "10m"),
        (10_799, "179m"),
        (10_800, "3h"),
        (28_800, "8h"),
        (180_000, "50h"),
    ] {
        let since = (now() - chrono::TimeDelta::seconds(seconds)).to_rfc3339();
        assert_eq!(age(&since, now()), told, "{seconds} s");
    }
    assert_eq!(age("", now()), "<unknown>");
}

#[test]
fn a_row_has_a_cell_for_each_column() {
    let meta = json!({ "name": "x", "creationTimestamp": "2026-11-21T07:59:00Z" });
    let subjects = json!([
        { "kind": "User", "name": "jane" },
        { "kind": "ServiceAccount", "name": "ann", "namespace": "a" },
        { "kind": "User", "name": "joe" },
    ]);
    let containers = json!([{ "ready": true, "restartCount": 2 }, { "ready": false }]);
    for (kind, object, wanted) in [
        (&NAMESPACE, json!({ "status": { "phase": "Active" } }), json!(["x", "Active", "60s"])),
        (
            &POD,
            json!({
                "spec": { "containers": [{}, {}] },
                "status": { "phase": "Running", "containerStatuses": containers },
            }),
            json!(["x", "1/2", "Running", 2, "60s", "<none>", "<none>", "<none>", "<none>"]),
        ),
        (
            &ROLE_BINDING,
            json!({ "roleRef": { "kind": "Role", "name": "r" }, "subjects": subjects }),
            json!(["x", "Role/r", "60s", "jane, joe", "", "a/ann"]),
        ),
        (&CLUSTER_ROLE, json!({}), json!(["x", "2026-11-21T07:59:00Z"])),
    ] {
        let mut object = object;
        object.as_object_mut().unwrap().insert("metadata".to_owned(), meta.clone());
        let shown = table(kind, &object, (true, ""), now());
        assert_eq!(shown["rows"][0]["cells"], wanted);
        assert_eq!(shown["rows"][0]["object"]["metadata"]["name"], "x");
        let columns = shown["columnDefinitions"].as_array().unwrap().len();
        assert_eq!(columns, wanted.as_array().unwrap().len());
    }
}

#[test]
fn a_list_is_one_table_with_as_much_of_its_objects_as_was_asked_for() {
    let list = json!({
        "metadata": { "resourceVersion": "7" },
        "items": [{ "metadata": { "name": "a" }, "spec": {} }, { "metadata": { "name": "b" } }],
    });
    let whole = table(&NAMESPACE, &list, (false, "Object"), now());
    assert_eq!(whole["rows"].as_array().unwrap().len(), 2);
    assert_eq!(whole["metadata"]["resourceVersion"], "7");
    assert_eq!(whole["rows"][0]["object"], list["items"][0]);
    assert_eq!(whole["columnDefinitions"], json!([]));
    let bare = table(&NAMESPACE, &list, (true, "None"), now());
    assert_eq!(bare["rows"][1]["object"], Value::Null);
}
