use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::kinds::RBAC;

/// Goes on only when it is told to.
#[derive(Default)]
struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + self.0.load(Ordering::SeqCst), 0).unwrap()
    }

    fn boot(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    fn boot_id(&self) -> Option<String> {
        None
    }
}

pub(super) struct Desk {
    pub(super) cluster: Arc<Cluster>,
    clock: Arc<Still>,
}

const CLUSTER_ROLES: &str = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
const ACCOUNTS: &str = "/api/v1/namespaces/a/serviceaccounts";
const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings";
/// Stands for the admin's token, which nobody knows before.
const ADMIN: &str = "admin-token";

impl Desk {
    pub(super) fn new() -> Self {
        let mut state = State::default();
        let clock = Arc::new(Still::default());
        crate::seed::plant(&mut state, &["a".to_owned()], clock.now()).unwrap();
        let cluster = Cluster::new(state, Arc::clone(&clock) as _, String::new());
        let cluster = Arc::new(cluster);
        Self { cluster, clock }
    }

    pub(super) fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let media = match (method, body) {
            ("PATCH", Value::Array(_)) => "application/json-patch+json",
            ("PATCH", _) => "application/merge-patch+json",
            _ => "application/json",
        };
        let token = if token == ADMIN { &self.cluster.door.admin_token } else { token };
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let (head, ()) = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", media)
            .body(())
            .unwrap()
            .into_parts();
        match self.cluster.answer(&head, bytes.into()) {
            Ok(Answer::Object(code, object)) => (code, object),
            Ok(Answer::Watch(_)) => (StatusCode::OK, json!("watch")),
            Ok(Answer::Text(code, words)) => (code, json!(words)),
            Err(refusal) => (refusal.code, refusal.body()),
        }
    }

    fn code(&self, token: &str, method: &str, path: &str, body: &Value) -> u16 {
        self.send(token, method, path, body).0.as_u16()
    }

    pub(super) fn make(&self, path: &str, object: &Value) -> Value {
        let (code, made) = self.send(ADMIN, "POST", path, object);
        assert_eq!(code, StatusCode::CREATED, "{made}");
        made
    }

    pub(super) fn token(&self, account: &str) -> String {
        let made = self.make(&format!("{ACCOUNTS}/{account}/token"), &json!({ "spec": {} }));
        made["status"]["token"].as_str().unwrap().to_owned()
    }
}

fn named(name: &str) -> Value {
    json!({ "metadata": { "name": name } })
}

fn view_for(name: &str, account: &str) -> Value {
    json!({
        "metadata": { "name": name },
        "roleRef": { "kind": "ClusterRole", "name": "view" },
        "subjects": [{ "kind": "ServiceAccount", "name": account }],
    })
}

const PODS: &str = "/api/v1/namespaces/a/pods";

#[test]
fn a_grant_is_there_at_once_and_gone_at_once() {
    let desk = Desk::new();
    desk.make(ACCOUNTS, &named("ann"));
    let token = desk.token("ann");
    let pods = || desk.code(&token, "GET", PODS, &Value::Null);
    assert_eq!(pods(), 403);
    desk.make(BINDINGS, &view_for("grant", "ann"));
    assert_eq!(pods(), 200);
    assert_eq!(desk.code(ADMIN, "DELETE", &format!("{BINDINGS}/grant"), &Value::Null), 200);
    assert_eq!(pods(), 403);
    let account = format!("{ACCOUNTS}/ann");
    assert_eq!(desk.code(ADMIN, "DELETE", &account, &Value::Null), 200);
    assert_eq!(pods(), 401);
    desk.make(ACCOUNTS, &named("ann"));
    assert_eq!(pods(), 401, "an account that was made again is another one");
}

#[test]
fn a_token_ends_at_its_time() {
    let desk = Desk::new();
    let token = desk.token("default");
    let version = || desk.code(&token, "GET", "/api", &Value::Null);
    assert_eq!(version(), 200);
    desk.clock.0.store(3_599, Ordering::SeqCst);
    assert_eq!(version(), 200);
    desk.clock.0.store(3_600, Ordering::SeqCst);
    assert_eq!(version(), 401);
}

#[test]
fn whoever_may_do_nothing_learns_nothing() {
    let desk = Desk::new();
    let token = desk.token("default");
    for (method, path) in [
        ("GET", "/api/v1/nonsense"),
        ("GET", "/apis/nonsense/v1/things"),
        ("GET", "/api/v1/namespaces/nowhere/pods"),
        ("DELETE", PODS),
        ("POST", "/api/v1/namespaces/a/pods/mongodb/exec"),
        ("PUT", "/api/v1/namespaces/a/finalize"),
        ("GET", "/logs"),
        ("POST", "/version"),
        ("GET", "/api/v1/namespaces/a/serviceaccounts/default/token"),
    ] {
        assert_eq!(desk.code(&token, method, path, &Value::Null), 403, "{method} {path}");
    }
}

#[test]
fn a_right_in_a_namespace_reaches_nothing_outside_of_it() {
    let desk = Desk::new();
    let mut admin = view_for("grant", "default");
    admin["roleRef"]["name"] = json!("cluster-admin");
    desk.make(BINDINGS, &admin);
    let token = desk.token("default");
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    for (path, code) in [
        ("/api/v1/namespaces/a", 200),
        ("/api/v1/namespaces/a/pods", 200),
        ("/api/v1/namespaces/a/namespaces", 404),
        ("/api/v1/namespaces/a/namespaces/kube-system", 404),
        (&format!("{rbac}/namespaces/a/clusterroles"), 404),
        (&format!("{rbac}/namespaces/a/clusterrolebindings/cluster-admin"), 404),
        ("/api/v1/namespaces/a/serviceaccounts/default/token/more", 404),
        ("/api/v1/namespaces", 403),
        ("/api/v1/namespaces/kube-system", 403),
        ("/api/v1/pods", 403),
        ("/api/v1/namespaces/default/pods", 403),
        (&format!("{rbac}/clusterroles"), 403),
    ] {
        assert_eq!(desk.code(&token, "GET", path, &Value::Null), code, "{path}");
    }
    let wide = format!("{rbac}/namespaces/a/clusterrolebindings");
    assert_eq!(desk.code(&token, "POST", &wide, &admin), 404);
}

#[test]
fn what_is_not_here_is_refused_in_plain_words() {
    let desk = Desk::new();
    let before = desk.cluster.with(|state| state.version());
    let placed = json!({ "metadata": { "name": "x", "namespace": "a" } });
    let gathering = json!({ "metadata": { "name": "x" }, "aggregationRule": {} });
    let label = json!({ "rbac.authorization.k8s.io/aggregate-to-view": "true" });
    let gathered = json!({ "metadata": { "name": "x", "labels": label } });
    let says_nothing = json!({ "metadata": { "name": "x" }, "rules": [{ "verbs": ["get"] }] });
    let mut to_a_robot = view_for("x", "default");
    to_a_robot["subjects"][0]["kind"] = json!("Robot");
    let for_vault = json!({ "spec": { "audiences": ["vault"] } });
    let short = json!({ "spec": { "expirationSeconds": 599 } });
    for (method, path, body, code) in [
        ("GET", "/api/v1/namespaces/a/pods/mongodb/log", Value::Null, 501),
        ("POST", "/api/v1/namespaces/a/pods/mongodb/exec", Value::Null, 501),
        ("GET", "/api/v1/namespaces/a/pods/nobody/log", Value::Null, 404),
        ("POST", PODS, named("mine"), 501),
        ("DELETE", PODS, Value::Null, 405),
        ("GET", "/api/v1/secrets", Value::Null, 404),
        ("GET", "/apis/apps/v1/deployments", Value::Null, 404),
        ("POST", "/version", Value::Null, 405),
        ("PATCH", "/api/v1/namespaces/a/pods/mongodb", json!({ "spec": { "x": 1 } }), 422),
        ("PATCH", "/api/v1/namespaces/a/pods/mongodb", named("nodejs"), 400),
        ("POST", ACCOUNTS, json!([]), 400),
        ("POST", ACCOUNTS, json!({ "metadata": { "name": 5 } }), 400),
        ("POST", ACCOUNTS, json!({ "kind": "Pod" }), 400),
        ("PATCH", &format!("{ACCOUNTS}/default"), json!({ "kind": "Pod" }), 400),
        ("GET", "/api/v1/pods?dryRun=All", Value::Null, 501),
        ("POST", &format!("{ACCOUNTS}?dryRun=All"), named("x"), 501),
        ("DELETE", &format!("{ACCOUNTS}/default"), json!({ "dryRun": ["All"] }), 501),
        ("POST", ACCOUNTS, json!({ "metadata": { "generateName": "x-" } }), 400),
        ("POST", ACCOUNTS, json!({ "metadata": { "name": "x" }, "secrets": [] }), 400),
        ("POST", ACCOUNTS, json!({ "metadata": { "name": "x", "labels": { "a/b/c": "" } } }), 422),
        ("POST", CLUSTER_ROLES, placed, 400),
        ("POST", CLUSTER_ROLES, gathering, 400),
        ("POST", CLUSTER_ROLES, gathered, 422),
        ("POST", CLUSTER_ROLES, says_nothing, 422),
        ("POST", BINDINGS, to_a_robot, 422),
        ("POST", &format!("{ACCOUNTS}/default/token"), for_vault, 422),
        ("POST", &format!("{ACCOUNTS}/default/token"), short, 422),
        ("GET", "/api/v1/pods?continue=x", Value::Null, 400),
        ("GET", "/api/v1/pods?labelSelector=a%20b", Value::Null, 400),
        ("GET", "/api/v1/pods?fieldSelector=spec.a%3Db", Value::Null, 400),
        ("GET", "/api/v1/pods?watch=1&resourceVersion=x", Value::Null, 400),
        ("GET", "/api/v1/pods?watch=1&resourceVersionMatch=NotOlderThan", Value::Null, 422),
        ("GET", "/apis/rbac.authorization.k8s.io/v2/roles", Value::Null, 404),
        ("POST", "/api/v1/serviceaccounts", named("x"), 405),
        ("PATCH", &format!("{ACCOUNTS}/default"), json!([{ "op": "remove", "path": "/x" }]), 415),
    ] {
        assert_eq!(desk.code(ADMIN, method, path, &body), code, "{method} {path} {body}");
    }
    assert_eq!(desk.cluster.with(|state| state.version()), before, "nothing was done");
}

#[test]
fn a_list_comes_whole_whatever_its_limit() {
    let desk = Desk::new();
    desk.make(ACCOUNTS, &named("x"));
    let (_, list) = desk.send(ADMIN, "GET", &format!("{ACCOUNTS}?limit=1&continue="), &Value::Null);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(list["metadata"].get("continue"), None);
}

#[test]
fn who_was_faster_wins_and_the_other_hears_of_it() {
    let desk = Desk::new();
    let made = desk.make(BINDINGS, &view_for("grant", "default"));
    let at = format!("{BINDINGS}/grant");
    let label = json!({ "metadata": { "labels": { "a": "b" } } });
    assert_eq!(desk.code(ADMIN, "PATCH", &at, &label), 200);
    assert_eq!(desk.code(ADMIN, "PATCH", &at, &made), 409);
    assert_eq!(desk.code(ADMIN, "PUT", &at, &made), 405);
    for wrong in
        [json!({ "uid": "another" }), json!({ "resourceVersion": "1" }), json!({ "uid": 5 })]
    {
        let options = json!({ "preconditions": wrong });
        assert_eq!(desk.code(ADMIN, "DELETE", &at, &options), 409);
    }
    let options = json!({ "preconditions": { "uid": made["metadata"]["uid"] } });
    assert_eq!(desk.code(ADMIN, "DELETE", &at, &options), 200);
    assert_eq!(desk.code(ADMIN, "DELETE", &at, &options), 404);
}

#[test]
fn nobody_gives_away_what_they_do_not_hold() {
    let desk = Desk::new();
    let token = desk.token("default");
    let allows = |verbs: &[&str], names: &[&str]| {
        json!({ "verbs": verbs, "apiGroups": ["rbac.authorization.k8s.io"],
            "resources": ["rolebindings", "clusterroles"], "resourceNames": names })
    };
    let may = |name: &str, rule: &Value| {
        let role = json!({ "metadata": { "name": name }, "rules": [rule] });
        desk.make("/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles", &role);
        let mut binding = view_for(name, "default");
        binding["roleRef"] = json!({ "kind": "Role", "name": name });
        desk.make(BINDINGS, &binding);
    };
    let give = |name| desk.code(&token, "POST", BINDINGS, &view_for(name, "default"));
    assert_eq!(give("one"), 403);
    may("create", &allows(&["create"], &[]));
    assert_eq!(give("one"), 403, "creating a binding takes the right to bind the role");
    may("bind-another", &allows(&["bind"], &["edit"]));
    assert_eq!(give("one"), 403);
    may("bind", &allows(&["bind"], &["view"]));
    assert_eq!(give("one"), 201);
    // Now that it holds the rules of the role, it may give them without being told so.
    desk.send(ADMIN, "DELETE", &format!("{BINDINGS}/bind"), &Value::Null);
    assert_eq!(give("two"), 201);
}

#[test]
fn nobody_makes_a_role_of_more_than_they_hold() {
    let desk = Desk::new();
    let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles";
    let role = |name: &str, group: &str, verbs: &[&str], resource: &str| {
        json!({ "metadata": { "name": name }, "rules": [
            { "verbs": verbs, "apiGroups": [group], "resources": [resource] },
        ] })
    };
    desk.make(roles, &role("makes", RBAC, &["create", "patch"], "roles"));
    desk.make(roles, &role("reads", "", &["get", "list"], "pods"));
    for name in ["makes", "reads"] {
        let mut binding = view_for(name, "default");
        binding["roleRef"] = json!({ "kind": "Role", "name": name });
        desk.make(BINDINGS, &binding);
    }
    let token = desk.token("default");
    let (code, refused) =
        desk.send(&token, "POST", roles, &role("x", "", &["get", "delete", "patch"], "pods"));
    let missing = "not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\" \"patch\"]}";
    assert_eq!(code, 403);
    assert!(refused["message"].as_str().unwrap().ends_with(missing), "{refused}");
    assert_eq!(desk.code(&token, "POST", roles, &role("x", "", &["get"], "pods")), 201);
    let at = format!("{roles}/x");
    assert_eq!(desk.code(&token, "PATCH", &at, &role("x", "", &["get"], "secrets")), 403);
    let label = json!({ "metadata": { "labels": { "a": "b" } } });
    assert_eq!(desk.code(&token, "PATCH", &format!("{roles}/makes"), &label), 200);
}

#[test]
fn a_right_to_one_name_reaches_no_other() {
    let desk = Desk::new();
    let named_ann = json!({ "verbs": ["create", "list", "watch"], "apiGroups": [""],
        "resources": ["serviceaccounts"], "resourceNames": ["ann"] });
    let role = json!({ "metadata": { "name": "ann" }, "rules": [named_ann] });
    desk.make("/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles", &role);
    let mut binding = view_for("ann", "default");
    binding["roleRef"] = json!({ "kind": "Role", "name": "ann" });
    desk.make(BINDINGS, &binding);
    let token = desk.token("default");
    let ann = format!("{ACCOUNTS}?fieldSelector=metadata.name%3Dann");
    assert_eq!(desk.code(&token, "GET", &ann, &Value::Null), 200);
    assert_eq!(desk.code(&token, "GET", &format!("{ann}&watch=1"), &Value::Null), 200);
    assert_eq!(desk.code(&token, "GET", ACCOUNTS, &Value::Null), 403);
    assert_eq!(desk.code(&token, "POST", &ann, &named("bob")), 403);
}

#[test]
fn a_deleted_namespace_takes_along_what_is_in_it() {
    let desk = Desk::new();
    desk.make(BINDINGS, &view_for("grant", "default"));
    assert_eq!(desk.code(ADMIN, "DELETE", "/api/v1/namespaces/a", &Value::Null), 200);
    assert_eq!(desk.code(ADMIN, "GET", &format!("{BINDINGS}/grant"), &Value::Null), 404);
    assert_eq!(desk.code(ADMIN, "POST", ACCOUNTS, &named("x")), 404);
    assert_eq!(desk.code(ADMIN, "DELETE", "/api/v1/namespaces/kube-system", &Value::Null), 403);
}

#[test]
fn objects_stay_small_also_when_they_grow_by_patches() {
    let desk = Desk::new();
    let path = format!("{ACCOUNTS}/default");
    let more = |key: &str| json!({ "metadata": { "annotations": { key: "x".repeat(40_000) } } });
    assert_eq!(desk.code(ADMIN, "PATCH", &path, &more("a")), 200);
    assert_eq!(desk.code(ADMIN, "PATCH", &path, &more("b")), 413);
}

#[test]
fn a_new_cluster_has_the_roles_and_pods_of_a_real_one() {
    let desk = Desk::new();
    let get = |path: &str| desk.send(ADMIN, "GET", path, &Value::Null).1;
    let count = |name: &str| {
        let role = get(&format!("{CLUSTER_ROLES}/{name}"));
        role["rules"].as_array().unwrap().len()
    };
    assert_eq!(["view", "edit", "admin", "cluster-admin"].map(count), [9, 19, 21, 2]);
    let pod = get(&format!("{PODS}/mongodb"));
    assert_eq!(pod["spec"]["containers"][0]["ports"][0]["containerPort"], 27017);
    assert_eq!(pod["status"]["startTime"], "2027-01-15T08:00:00Z");
}
