use serde_json::json;

use super::*;
use crate::kinds::{NAMESPACE, POD};

#[test]
fn labels_are_selected_in_every_way_that_kubectl_writes_them() {
    let object = json!({ "metadata": { "labels": { "app": "web", "tier": "", "a/b": "c" } } });
    for (selector, matches) in [
        ("", true),
        ("app=web", true),
        ("app==web", true),
        ("app = web , a/b=c", true),
        ("app!=web", false),
        ("app=db", false),
        ("none!=db", true),
        ("tier=", true),
        ("app=", false),
        ("app", true),
        ("none", false),
        ("!none", true),
        ("!app", false),
        ("app in (db,web)", true),
        ("app notin (db, web)", false),
        ("none notin (db)", true),
        ("app in (db,web),a/b=d", false),
    ] {
        assert_eq!(Labels::parse(selector).unwrap().matches(&object), matches, "{selector}");
    }
    for wrong in ["a=b=c", "=", "a in b", "a near (b)", "a,,b", "ä=b", "a in (b", "a b"] {
        assert!(Labels::parse(wrong).is_err(), "{wrong}");
    }
    assert!(!Labels::parse("app").unwrap().matches(&json!({})));
}

#[test]
fn a_selector_object_matches_as_its_text_would() {
    let object = json!({ "metadata": { "labels": { "app": "web" } } });
    let one = |operator: &str, values: &[&str]| {
        let expression = json!({ "key": "app", "operator": operator, "values": values });
        Labels::of_selector(&json!({ "matchExpressions": [expression] })).matches(&object)
    };
    assert!(Labels::of_selector(&json!({ "matchLabels": { "app": "web" } })).matches(&object));
    assert!(one("In", &["web"]) && one("Exists", &[]) && one("NotIn", &["db"]));
    assert!(!one("NotIn", &["web"]) && !one("DoesNotExist", &[]) && !one("Like", &["web"]));
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
        assert_eq!(Fields::parse(&POD, selector).unwrap().matches(&pod), matches, "{selector}");
    }
    assert_eq!(Fields::parse(&POD, "metadata.name=a").unwrap().name(), Some("a"));
    assert_eq!(Fields::parse(&POD, "metadata.name!=a").unwrap().name(), None);
    assert!(Fields::parse(&NAMESPACE, "spec.nodeName=a").is_err());
    assert!(Fields::parse(&POD, "metadata.name").is_err());
}
