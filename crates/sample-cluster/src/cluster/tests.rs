use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::keys::Keys;
use crate::token::Signer;

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
    pub(super) cluster: Cluster,
    clock: Arc<Still>,
}

const ACCOUNTS: &str = "/api/v1/namespaces/a/serviceaccounts";
const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings";
const ADMIN: &str = "admin-token";

impl Desk {
    pub(super) fn new() -> Self {
        let mut state = State::new(None);
        let clock = Arc::new(Still::default());
        crate::seed::plant(&mut state, &["a".to_owned()], clock.now()).unwrap();
        let keys = Keys::of(None).unwrap();
        let signer = Signer::new(&keys.accounts_key().unwrap()).unwrap();
        let door = Door { signer, admin_token: ADMIN.to_owned() };
        let cluster = Cluster::new(state, door, Arc::clone(&clock) as _, String::new());
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
            Ok(Reply::Answer(_, Answer::Object(code, object), _)) => (code, object),
            Ok(Reply::Answer(_, Answer::Watch { .. }, _)) => (StatusCode::OK, json!("watch")),
            Ok(Reply::Page(Page::Object(object))) => (StatusCode::OK, object),
            Ok(Reply::Page(Page::Text(code, words))) => (code, json!(words)),
            Ok(Reply::Page(Page::Nothing)) => (StatusCode::OK, Value::Null),
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
        ("GET", "/api/v1/pods?limit=x", Value::Null, 400),
        ("GET", "/api/v1/pods?continue=x", Value::Null, 400),
        ("GET", "/api/v1/pods?labelSelector=a%20b", Value::Null, 400),
        ("GET", "/api/v1/pods?fieldSelector=spec.a%3Db", Value::Null, 400),
        ("GET", "/api/v1/pods?watch=1&resourceVersion=x", Value::Null, 400),
        ("GET", "/api/v1/pods?watch=1&resourceVersionMatch=NotOlderThan", Value::Null, 422),
        ("GET", "/apis/rbac.authorization.k8s.io/v2/roles", Value::Null, 404),
        ("POST", "/api/v1/serviceaccounts", named("x"), 405),
        ("PATCH", &format!("{ACCOUNTS}/default"), json!([{ "op": "remove", "path": "/x" }]), 422),
    ] {
        assert_eq!(desk.code(ADMIN, method, path, &body), code, "{method} {path}");
    }
}

#[test]
fn pages_are_complete_also_while_things_change() {
    let desk = Desk::new();
    for nth in 0..5 {
        desk.make(ACCOUNTS, &named(&format!("x{nth}")));
    }
    let (mut names, mut next) = (Vec::new(), String::new());
    loop {
        let (_, page) =
            desk.send(ADMIN, "GET", &format!("{ACCOUNTS}?limit=2&continue={next}"), &Value::Null);
        for one in page["items"].as_array().unwrap() {
            names.push(one["metadata"]["name"].as_str().unwrap().to_owned());
        }
        next = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
        if next.is_empty() {
            break;
        }
        desk.send(ADMIN, "DELETE", &format!("{ACCOUNTS}/x0"), &Value::Null);
    }
    assert_eq!(names, ["default", "x0", "x1", "x2", "x3", "x4"]);
}

#[test]
fn who_was_faster_wins_and_the_other_hears_of_it() {
    let desk = Desk::new();
    let made = desk.make(BINDINGS, &view_for("grant", "default"));
    let at = format!("{BINDINGS}/grant");
    let label = json!({ "metadata": { "labels": { "a": "b" } } });
    assert_eq!(desk.code(ADMIN, "PATCH", &at, &label), 200);
    assert_eq!(desk.code(ADMIN, "PUT", &at, &made), 409);
    for wrong in [json!({ "uid": "another" }), json!({ "resourceVersion": "1" })] {
        let options = json!({ "preconditions": wrong });
        assert_eq!(desk.code(ADMIN, "DELETE", &at, &options), 409);
    }
    let options = json!({ "preconditions": { "uid": made["metadata"]["uid"] } });
    assert_eq!(desk.code(ADMIN, "DELETE", &at, &json!({ "dryRun": ["All"] })), 200);
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
fn a_deleted_namespace_takes_along_what_is_in_it() {
    let desk = Desk::new();
    desk.make(BINDINGS, &view_for("grant", "default"));
    let (_, gone) = desk.send(ADMIN, "DELETE", "/api/v1/namespaces/a", &Value::Null);
    assert_eq!(gone["status"]["phase"], "Terminating");
    assert_eq!(desk.code(ADMIN, "GET", &format!("{BINDINGS}/grant"), &Value::Null), 404);
    assert_eq!(desk.code(ADMIN, "POST", ACCOUNTS, &named("x")), 404);
    assert_eq!(desk.code(ADMIN, "DELETE", "/api/v1/namespaces/kube-system", &Value::Null), 403);
}

#[test]
fn gathered_roles_follow_what_they_gather() {
    let desk = Desk::new();
    let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    let count = |name: &str| {
        let (_, role) = desk.send(ADMIN, "GET", &format!("{roles}/{name}"), &Value::Null);
        role["rules"].as_array().unwrap().len()
    };
    let before = ["view", "edit", "admin"].map(count);
    assert_eq!(before, [9, 19, 21]);
    let more = json!({
        "metadata": { "name": "more",
            "labels": { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
        "rules": [{ "verbs": ["get"], "apiGroups": ["x"], "resources": ["things"] }],
    });
    desk.make(roles, &more);
    assert_eq!(["view", "edit", "admin"].map(count), [10, 20, 22]);
    desk.send(ADMIN, "DELETE", &format!("{roles}/more"), &Value::Null);
    assert_eq!(["view", "edit", "admin"].map(count), before);
}

#[test]
fn a_restarted_cluster_is_the_same_one() {
    let dir = tempfile::tempdir().unwrap();
    let open = |path: &Path| crate::files::Folder::open(path).unwrap();
    let folder = open(dir.path());
    let keys = Keys::of(Some(&folder)).unwrap();
    keys.save(&folder).unwrap();
    let mut state = State::new(Some(folder.objects()));
    crate::seed::plant(&mut state, &["a".to_owned()], Still::default().now()).unwrap();
    state.seal().unwrap();
    assert!(crate::files::Folder::open(dir.path()).is_err(), "the folder is in use");
    drop(folder);
    let folder = open(dir.path());
    let found = folder.load().unwrap().unwrap();
    assert_eq!(found.version(), state.version());
    assert_eq!(found.all().collect::<Vec<_>>(), state.all().collect::<Vec<_>>());
    let again = Keys::of(Some(&folder)).unwrap();
    assert_eq!((again.authority, again.admin_token), (keys.authority, keys.admin_token));
    let left = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 3, "lock, keys and objects, and nothing half written");
}
