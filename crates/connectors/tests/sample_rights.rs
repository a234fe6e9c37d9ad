//! The sample cluster decides as a real one: the same roles and bindings in both, and every
//! question asked of both.
//!
//! `BELLHOP_TEST_KUBECONFIG` names an admin's kubeconfig of the real one. Without it the test says
//! so and passes; in CI it fails.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[expect(dead_code, reason = "shared with the other tests on a real API server")]
mod real;

use std::time::{Duration, Instant};

use futures::future::join_all;
use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, RoleBinding};
use kube::api::{Api, DeleteParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use real::Ground;

const HERE: &str = "rights-here";
const RBAC: &str = "rbac.authorization.k8s.io";
/// Verbs, groups, resources, names, paths; words are apart by spaces, `-` is the core group.
const RULES: [[&str; 5]; 15] = [
    ["get", "-", "pods", "", ""],
    ["get list", "-", "pods pods/log", "", ""],
    ["*", "-", "pods", "", ""],
    ["get", "*", "pods", "", ""],
    ["get", "-", "*", "", ""],
    ["get", "-", "*/log", "", ""],
    ["get", "-", "pods/*", "", ""],
    ["get", "apps", "pods", "", ""],
    ["get", "- apps", "deployments pods", "", ""],
    ["get list", "-", "pods", "a", ""],
    ["get", "-", "pods/log", "a b", ""],
    ["*", "*", "*", "", ""],
    ["get", "", "", "", "/metrics /logs/*"],
    ["*", "", "", "", "*"],
    ["get", "", "", "", "/lo*"],
];
/// Verb, group, resource, subresource, name, namespace.
const WISHES: [[&str; 6]; 18] = [
    ["get", "", "pods", "", "", HERE],
    ["get", "", "pods", "", "a", HERE],
    ["get", "", "pods", "", "b", HERE],
    ["list", "", "pods", "", "", HERE],
    ["list", "", "pods", "", "a", HERE],
    ["delete", "", "pods", "", "a", HERE],
    ["*", "", "pods", "", "", HERE],
    ["get", "", "pods", "log", "a", HERE],
    ["get", "", "pods", "log", "", HERE],
    ["get", "", "pods", "exec", "a", HERE],
    ["get", "", "pods", "*", "", HERE],
    ["get", "", "*", "", "", HERE],
    ["get", "apps", "pods", "", "", HERE],
    ["get", "apps", "deployments", "", "", HERE],
    ["get", "*", "pods", "", "", HERE],
    ["get", "", "pods", "", "", "default"],
    ["get", "", "pods", "", "", ""],
    ["get", "", "deployments", "scale", "", HERE],
];
const PATHS: [&str; 8] =
    ["/metrics", "/metrics/a", "/logs", "/logs/", "/logs/a/b", "/lo", "/version", "/healthz"];

fn rule([verbs, groups, resources, names, paths]: [&str; 5]) -> Value {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if !paths.is_empty() {
        return json!({ "verbs": words(verbs), "nonResourceURLs": words(paths) });
    }
    let groups: Vec<String> = words(groups).into_iter().map(|one| one.replace('-', "")).collect();
    json!({ "verbs": words(verbs), "apiGroups": groups, "resources": words(resources),
        "resourceNames": words(names) })
}

/// Who is bound: to each role a user in the namespace, a group everywhere, and an account there.
/// Nobody is in a group that everybody is in: of two bindings that allow the same, a real cluster
/// names either.
fn callers(nth: usize) -> [(Value, Value); 3] {
    let account = format!("system:serviceaccount:{HERE}:rights-{nth}");
    [
        (
            json!({ "user": format!("rights-{nth}"), "groups": [] }),
            json!({ "kind": "User", "name": format!("rights-{nth}") }),
        ),
        (
            json!({ "user": "somebody", "groups": [format!("rights-{nth}")] }),
            json!({ "kind": "Group", "name": format!("rights-{nth}") }),
        ),
        (
            json!({ "user": account, "groups": [] }),
            json!({ "kind": "ServiceAccount", "name": format!("rights-{nth}") }),
        ),
    ]
}

async fn client(ground: &Ground) -> Client {
    let config = Kubeconfig::read_from(&ground.file).unwrap();
    let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await;
    Client::try_from(config.unwrap()).unwrap()
}

fn typed<T: DeserializeOwned>(object: Value) -> T {
    serde_json::from_value(object).unwrap()
}

async fn plant(client: &Client) {
    let new = PostParams::default();
    let spaces: Api<Namespace> = Api::all(client.clone());
    spaces.create(&new, &typed(json!({ "metadata": { "name": HERE } }))).await.unwrap();
    let roles: Api<ClusterRole> = Api::all(client.clone());
    let wide: Api<ClusterRoleBinding> = Api::all(client.clone());
    let here: Api<RoleBinding> = Api::namespaced(client.clone(), HERE);
    for (nth, one) in RULES.into_iter().enumerate() {
        let name = format!("rights-{nth}");
        let meta = json!({ "name": name });
        let role = json!({ "metadata": meta, "rules": [rule(one)] });
        roles.create(&new, &typed(role)).await.unwrap();
        let to = json!({ "apiGroup": RBAC, "kind": "ClusterRole", "name": name });
        let [(_, user), (_, group), (_, account)] = callers(nth);
        let local = json!({ "metadata": meta, "roleRef": to, "subjects": [user, account] });
        here.create(&new, &typed(local)).await.unwrap();
        let everywhere = json!({ "metadata": meta, "roleRef": to, "subjects": [group] });
        wide.create(&new, &typed(everywhere)).await.unwrap();
    }
}

async fn clear(client: &Client) {
    let gone = DeleteParams::default();
    let roles: Api<ClusterRole> = Api::all(client.clone());
    let wide: Api<ClusterRoleBinding> = Api::all(client.clone());
    for nth in 0..RULES.len() {
        let name = format!("rights-{nth}");
        wide.delete(&name, &gone).await.ok();
        roles.delete(&name, &gone).await.ok();
    }
    let spaces: Api<Namespace> = Api::all(client.clone());
    spaces.delete(HERE, &gone).await.ok();
    let began = Instant::now();
    while spaces.get_opt(HERE).await.unwrap().is_some() {
        assert!(began.elapsed() < Duration::from_mins(1), "{HERE} is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether, and why.
async fn ask(client: &Client, spec: Value) -> (bool, Option<String>) {
    let all: Api<SubjectAccessReview> = Api::all(client.clone());
    let review = all.create(&PostParams::default(), &typed(json!({ "spec": spec }))).await;
    let status = review.unwrap().status.unwrap();
    (status.allowed, status.reason)
}

fn questions(caller: &Value) -> Vec<Value> {
    let with = |key: &str, value: Value| {
        let mut spec = caller.clone();
        spec.as_object_mut().unwrap().insert(key.to_owned(), value);
        spec
    };
    let resources = WISHES.map(|[verb, group, resource, subresource, name, namespace]| {
        with(
            "resourceAttributes",
            json!({ "verb": verb, "group": group, "resource": resource,
            "subresource": subresource, "name": name, "namespace": namespace }),
        )
    });
    let paths = PATHS.into_iter().flat_map(|path| ["get", "post"].map(|verb| (verb, path)));
    let paths = paths
        .map(|(verb, path)| with("nonResourceAttributes", json!({ "verb": verb, "path": path })));
    resources.into_iter().chain(paths).collect()
}

#[tokio::test]
async fn the_sample_cluster_decides_as_a_real_one() {
    let Some(real) = Ground::real() else { return };
    let sample = Ground::sample().await;
    let (ours, theirs) = (client(&sample).await, client(&real).await);
    // Of an earlier run that was cut short, too.
    clear(&theirs).await;
    plant(&ours).await;
    plant(&theirs).await;
    // The authorizer of the real one hears of them a moment later.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (mut asked, mut allowed) = (0, 0);
    let mut differences = Vec::new();
    for (caller, _) in (0..RULES.len()).flat_map(callers) {
        let answers = questions(&caller).into_iter().map(|spec| {
            let (ours, theirs) = (&ours, &theirs);
            async move { (ask(ours, spec.clone()).await, ask(theirs, spec.clone()).await, spec) }
        });
        for (ours, theirs, spec) in join_all(answers).await {
            asked += 1;
            allowed += usize::from(theirs.0);
            if ours != theirs {
                differences.push(format!("{spec}\n  ours   {ours:?}\n  theirs {theirs:?}"));
            }
        }
    }
    clear(&theirs).await;
    real::say(&format!("{asked} questions, {allowed} allowed, {} differ", differences.len()));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(allowed > 100 && allowed < asked - 100);
}
