//! How far rights reach, by requests that nobody would think of.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::Desk;
use crate::kinds::RBAC;
use crate::object;

/// What addresses are made of.
const PARTS: [&str; 26] = [
    "api",
    "apis",
    "v1",
    RBAC,
    "authorization.k8s.io",
    "namespaces",
    "a",
    "kube-system",
    "default",
    "pods",
    "mongodb",
    "log",
    "exec",
    "status",
    "finalize",
    "serviceaccounts",
    "token",
    "roles",
    "rolebindings",
    "clusterroles",
    "clusterrolebindings",
    "cluster-admin",
    "edit",
    "",
    "..",
    "a%2Fb",
];
const QUERIES: [&str; 6] = [
    "",
    "?watch=1",
    "?limit=1",
    "?fieldSelector=metadata.name%3Da",
    "?dryRun=All",
    "?fieldManager=x&force=true",
];

fn address() -> impl Strategy<Value = String> {
    let usual = prop_oneof![
        Just("/api/v1"),
        Just("/apis/rbac.authorization.k8s.io/v1"),
        Just("/api/v1/namespaces/a"),
        Just("/apis/rbac.authorization.k8s.io/v1/namespaces/a"),
        Just("")
    ];
    let parts = prop::collection::vec(prop::sample::select(&PARTS[..]), 0..5);
    (usual, parts, prop::sample::select(&QUERIES[..]))
        .prop_map(|(usual, parts, query)| format!("{usual}/{}{query}", parts.join("/")))
}

fn body() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec!["a", "b", "cluster-admin", "edit", "default", "mongodb"]);
    let namespaces = prop::sample::select(vec!["", "a", "kube-system"]);
    (names, namespaces).prop_map(|(name, namespace)| {
        json!({
            "metadata": { "name": name, "namespace": namespace, "labels": { "x": "y" } },
            "roleRef": { "kind": "ClusterRole", "name": "cluster-admin" },
            "subjects": [{ "kind": "ServiceAccount", "name": "default", "namespace": "a" }],
            "rules": [{ "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"] }],
        })
    })
}

fn method() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
}

/// Everything that is neither in the namespace nor the namespace itself.
fn outside(desk: &Desk) -> Vec<Value> {
    let inside = |one: &&Value| object::namespace(one) == "a" || is_the_namespace(one);
    desk.cluster.with(|state| state.all().filter(|one| !inside(one)).cloned().collect())
}

fn is_the_namespace(object: &Value) -> bool {
    object::word(object, "/kind") == "Namespace" && object::name(object) == "a"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whoever_has_no_rights_gets_nowhere(method in method(), path in address(), body in body()) {
        let desk = Desk::new();
        let token = desk.token("default");
        let before = desk.cluster.with(|state| state.version());
        let (code, answer) = desk.send(&token, method, &path, &body);
        prop_assert_eq!(desk.cluster.with(|state| state.version()), before);
        let open = ["/api", "/apis", "/version"].iter().any(|one| path.starts_with(one));
        let shows = answer.pointer("/metadata/uid").is_some() || answer.get("items").is_some();
        let discovered = method == "GET" && open && !shows;
        prop_assert!(code == 403 || discovered, "{} {}: {} {}", method, path, code, answer);
    }

    #[test]
    fn rights_in_a_namespace_stay_in_it(
        requests in prop::collection::vec((method(), address(), body()), 1..6),
    ) {
        let desk = Desk::new();
        let binding = json!({
            "metadata": { "name": "all-of-a" },
            "roleRef": { "kind": "ClusterRole", "name": "cluster-admin" },
            "subjects": [{ "kind": "ServiceAccount", "name": "default" }],
        });
        desk.make(&format!("/apis/{RBAC}/v1/namespaces/a/rolebindings"), &binding);
        let token = desk.token("default");
        let before = outside(&desk);
        for (method, path, body) in requests {
            let (code, answer) = desk.send(&token, method, &path, &body);
            prop_assert_eq!(&outside(&desk), &before, "{} {}: {}", method, path, code);
            let one = std::slice::from_ref(&answer);
            let shown = answer.get("items").and_then(Value::as_array).map_or(one, Vec::as_slice);
            for object in shown.iter().filter(|one| one.pointer("/metadata/uid").is_some()) {
                let ours = object::namespace(object) == "a" || is_the_namespace(object);
                prop_assert!(ours, "{} {}: {}", method, path, object);
            }
        }
    }
}
