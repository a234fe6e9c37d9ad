use serde_json::json;

use super::*;
use crate::kinds::{NAMESPACE, POD};

fn chosen(labels: Vec<Term>, fields: Vec<Term>) -> Chosen {
    Chosen { namespace: String::new(), labels, fields }
}

#[test]
fn labels_are_selected_in_every_way_that_kubectl_writes_them() {
    let object = json!({ "metadata": { "labels": { "app": "web", "tier": "", "a/b": "c" } } });
    for (selector, matches) in [
        ("", true),
        ("app=web", true),
        ("app==web", true),
        ("app = web , a/b=c", true),
        ("app=web,a/b=d", false),
        ("app!=web", false),
        ("app=db", false),
        ("none!=db", true),
        ("tier=", true),
        ("app=", false),
        ("app", true),
        ("none", false),
        ("!none", true),
        ("!app", false),
    ] {
        let found = chosen(labels(selector).unwrap(), Vec::new()).includes(&object);
        assert_eq!(found, matches, "{selector}");
    }
    for wrong in ["a=b=c", "=", "a in b", "app in (db,web)", "a,,b", "ä=b", "a in (b", "a b"] {
        assert!(labels(wrong).is_err(), "{wrong}");
    }
    assert!(!chosen(labels("app").unwrap(), Vec::new()).includes(&json!({})));
}

#[test]
fn fields_are_selected_where_they_are_known() {
    let pod = json!({
        "metadata": { "name": "a", "namespace": "n" }, "status": { "phase": "Running" },
    });
    for (selector, matches) in [
        ("metadata.name=a", true),
        ("metadata.name!=a", false),
        ("metadata.namespace=n,status.phase=Running", true),
        ("status.phase!=Running", false),
    ] {
        let found = chosen(Vec::new(), fields(&POD, selector).unwrap()).includes(&pod);
        assert_eq!(found, matches, "{selector}");
    }
    assert_eq!(only_name(&fields(&POD, "metadata.name=a").unwrap()), Some("a"));
    assert_eq!(only_name(&fields(&POD, "metadata.name!=a").unwrap()), None);
    assert!(fields(&NAMESPACE, "spec.nodeName=a").is_err());
    assert!(fields(&POD, "metadata.name").is_err());
}
