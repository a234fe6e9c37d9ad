use serde_json::{Value, json};

use super::*;
use crate::kinds::RBAC;

fn role(name: &str, namespace: &str, rule: &Value) -> Value {
    json!({ "metadata": { "name": name, "namespace": namespace }, "rules": [rule] })
}

fn binding(name: &str, namespace: &str, role: (&str, &str), subject: &Value) -> Value {
    json!({
        "metadata": { "name": name, "namespace": namespace },
        "roleRef": { "apiGroup": RBAC, "kind": role.0, "name": role.1 },
        "subjects": [subject],
    })
}

/// `reader` in `a` for the account `a/ann`; everywhere `lister` for the group `crew`, `owner` for
/// `jane`, and `nobody`, a role that is not there, for `lost`.
fn state() -> State {
    let mut state = State::default();
    let reader = json!({
        "verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log", "*/scale"],
    });
    let named = json!({
        "verbs": ["patch"], "apiGroups": ["apps"], "resources": ["deployments"],
        "resourceNames": ["web"],
    });
    let lister = json!({ "verbs": ["list"], "apiGroups": ["*"], "resources": ["*"] });
    let owner = json!({ "verbs": ["*"], "nonResourceURLs": ["/logs/*", "/metrics"] });
    let account = json!({ "kind": "ServiceAccount", "name": "ann", "namespace": "a" });
    let here = json!({ "kind": "ServiceAccount", "name": "bob" });
    let crew = json!({ "kind": "Group", "name": "crew" });
    for (kind, object) in [
        (&ROLE, role("reader", "a", &reader)),
        (&ROLE, role("named", "a", &named)),
        (&CLUSTER_ROLE, role("lister", "", &lister)),
        (&CLUSTER_ROLE, role("owner", "", &owner)),
        (&ROLE_BINDING, binding("one", "a", ("Role", "reader"), &account)),
        (&ROLE_BINDING, binding("two", "a", ("Role", "named"), &here)),
        (&ROLE_BINDING, binding("wide", "b", ("ClusterRole", "lister"), &account)),
        (&CLUSTER_ROLE_BINDING, binding("crew", "", ("ClusterRole", "lister"), &crew)),
        (
            &CLUSTER_ROLE_BINDING,
            binding(
                "jane",
                "",
                ("ClusterRole", "owner"),
                &json!({ "kind": "User", "name": "jane" }),
            ),
        ),
        (
            &CLUSTER_ROLE_BINDING,
            binding(
                "lost",
                "",
                ("ClusterRole", "nobody"),
                &json!({ "kind": "User", "name": "lost" }),
            ),
        ),
    ] {
        state.put(kind, object).unwrap();
    }
    state
}

/// `VERB RESOURCE[/SUBRESOURCE][.GROUP] [NAME] [in NAMESPACE]`, or `VERB /PATH`.
fn wish(text: &str) -> Wish {
    let (text, namespace) = text.split_once(" in ").unwrap_or((text, ""));
    let mut words = text.split(' ');
    let verb = words.next().unwrap().to_owned();
    let what = words.next().unwrap();
    if what.starts_with('/') {
        return Wish { verb, path: what.to_owned(), ..Wish::default() };
    }
    let (what, group) = what.split_once('.').unwrap_or((what, ""));
    let (resource, subresource) = what.split_once('/').unwrap_or((what, ""));
    Wish {
        verb,
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        namespace: namespace.to_owned(),
        name: words.next().unwrap_or_default().to_owned(),
        path: String::new(),
    }
}

#[test]
fn only_what_a_rule_names_is_allowed() {
    let state = state();
    let ann = User::account("a", "ann");
    let bob = User::account("a", "bob");
    let other_ann = User::account("b", "ann");
    let jane = User::of("jane", &[]);
    let crew = User::of("carl", &["crew"]);
    let lost = User::of("lost", &[]);
    for (user, text, allowed) in [
        (&ann, "list pods in a", true),
        (&ann, "get pods mongodb in a", true),
        (&ann, "get pods/log mongodb in a", true),
        (&ann, "get pods/exec mongodb in a", false),
        (&ann, "watch pods in a", false),
        (&ann, "list pods in c", false),
        (&ann, "list pods", false),
        (&ann, "list pods.apps in a", false),
        (&ann, "get deployments/scale in a", true),
        (&ann, "get deployments/status in a", false),
        (&ann, "get deployments in a", false),
        // A cluster role that is bound in one namespace gives something in that one.
        (&ann, "list secrets in b", true),
        (&ann, "list rolebindings.rbac.authorization.k8s.io in b", true),
        (&ann, "list secrets", false),
        // The account of the same name in another namespace is somebody else.
        (&other_ann, "list pods in a", false),
        // A subject without a namespace is one of the binding's own.
        (&bob, "patch deployments.apps web in a", true),
        (&bob, "patch deployments.apps api in a", false),
        (&bob, "patch deployments.apps in a", false),
        (&crew, "list secrets in c", true),
        (&crew, "list nodes", true),
        (&crew, "list nodes/status", true),
        (&crew, "get nodes", false),
        (&crew, "get /metrics", false),
        (&jane, "get /metrics", true),
        (&jane, "post /logs/", true),
        (&jane, "get /logs/a/b", true),
        (&jane, "get /logs", false),
        (&jane, "get /metrics/more", false),
        (&jane, "get pods", false),
        (&lost, "get pods", false),
        (&User::anonymous(), "get /metrics", false),
        (&User::admin(), "delete anything.at all in a", true),
    ] {
        assert_eq!(decide(&state, user, &wish(text)).is_ok(), allowed, "{} {text}", user.name);
    }
}

#[test]
fn the_reason_names_the_binding_or_the_role_that_is_missing() {
    let state = state();
    let reason = |user: &User, text: &str| decide(&state, user, &wish(text));
    let ann = User::account("a", "ann");
    assert_eq!(
        reason(&ann, "list pods in a").unwrap(),
        "RBAC: allowed by RoleBinding \"one/a\" of Role \"reader\" to ServiceAccount \"ann/a\""
    );
    assert_eq!(
        reason(&User::of("carl", &["crew"]), "list pods in a").unwrap(),
        "RBAC: allowed by ClusterRoleBinding \"crew\" of ClusterRole \"lister\" to Group \"crew\""
    );
    assert_eq!(reason(&ann, "delete pods in a").unwrap_err(), "");
    assert_eq!(
        reason(&User::of("lost", &[]), "get pods").unwrap_err(),
        "RBAC: clusterrole.rbac.authorization.k8s.io \"nobody\" not found"
    );
}
