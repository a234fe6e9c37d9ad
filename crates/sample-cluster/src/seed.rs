//! What a new cluster starts with: namespaces, pods, and the roles that every cluster has.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::kinds::{ACCOUNT, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, NAMESPACE, POD, RBAC};
use crate::object;
use crate::status::Refusal;
use crate::store::State;

const RULES: &str = include_str!("seed/roles.txt");
/// A pod that looks as if it ran: the tutorial is about who may see it.
const POD_AS_IT_RUNS: &str = include_str!("seed/pod.json");
/// Application, image and port of the pods that each namespace has.
const PODS: [(&str, &str, &str); 2] =
    [("mongodb", "mongo:7", "27017"), ("nodejs", "node:22", "3000")];
/// What the roles are called that are only there to be gathered.
const PART: &str = "system:aggregate-to-";
/// Roles that a real cluster gathers: into which role they go in turn, and from which parts.
const GATHERED: [(&str, Option<&str>, &[&str]); 3] = [
    ("admin", None, &["admin", "edit", "view"]),
    ("edit", Some("admin"), &["edit", "view"]),
    ("view", Some("edit"), &["view"]),
];
const BINDINGS: [(&str, &[&str]); 5] = [
    ("cluster-admin", &["system:masters"]),
    ("system:basic-user", &["system:authenticated"]),
    ("system:discovery", &["system:authenticated"]),
    ("system:public-info-viewer", &["system:authenticated", "system:unauthenticated"]),
    ("system:service-account-issuer-discovery", &["system:serviceaccounts"]),
];

/// Fills a new cluster.
pub(crate) fn plant(
    state: &mut State,
    namespaces: &[String],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let roles = roles();
    for (name, rules) in &roles {
        let into = name.strip_prefix(PART);
        keep(state, &CLUSTER_ROLE, json!({ "metadata": meta(name, into), "rules": rules }), now)?;
    }
    for (name, into, parts) in GATHERED {
        let is_in = |name: &str| name.strip_prefix(PART).is_some_and(|part| parts.contains(&part));
        let from = roles.iter().filter(|(name, _)| is_in(name));
        let all: Vec<&Value> = from.flat_map(|(_, rules)| rules).collect();
        keep(state, &CLUSTER_ROLE, json!({ "metadata": meta(name, into), "rules": all }), now)?;
    }
    for (name, groups) in BINDINGS {
        let group = |name: &&str| json!({ "kind": "Group", "apiGroup": RBAC, "name": name });
        let binding = json!({
            "metadata": meta(name, None),
            "roleRef": { "apiGroup": RBAC, "kind": "ClusterRole", "name": name },
            "subjects": groups.iter().map(group).collect::<Vec<_>>(),
        });
        keep(state, &CLUSTER_ROLE_BINDING, binding, now)?;
    }
    for name in ["default", "kube-system"] {
        namespace(state, json!({ "metadata": { "name": name } }), now)?;
    }
    for (nth, name) in namespaces.iter().enumerate() {
        namespace(state, json!({ "metadata": { "name": name } }), now)?;
        for (last, (app, image, port)) in PODS.into_iter().enumerate() {
            let address = format!("10.1.{}.{}", nth % 250, 10 + last);
            let text = POD_AS_IT_RUNS
                .replace("\"PORT\"", port)
                .replace("NAMESPACE", name)
                .replace("APP", app)
                .replace("IMAGE", image)
                .replace("ADDRESS", &address)
                .replace("SINCE", &time(now));
            keep(state, &POD, serde_json::from_str(&text).unwrap_or_default(), now)?;
        }
    }
    Ok(())
}

/// Keeps a new namespace. It always has an account `default`, which a controller makes.
pub(crate) fn namespace(
    state: &mut State,
    mut namespace: Value,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    object::set(&mut namespace, "spec", json!({ "finalizers": ["kubernetes"] }));
    object::set(&mut namespace, "status", json!({ "phase": "Active" }));
    let account = json!({
        "metadata": { "name": "default", "namespace": object::name(&namespace) },
    });
    let made = keep(state, &NAMESPACE, namespace, now)?;
    keep(state, &ACCOUNT, account, now)?;
    Ok(made)
}

/// Gives an object what a new one gets, and keeps it.
pub(crate) fn keep(
    state: &mut State,
    kind: &Kind,
    mut object: Value,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let uid = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    object::set_type(&mut object, kind);
    object::set_meta(&mut object, "uid", uid.to_string());
    object::set_meta(&mut object, "creationTimestamp", time(now));
    state.put(kind, object)
}

pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What a real server says about a role or binding that it brings up to date at each start.
fn meta(name: &str, gathered_into: Option<&str>) -> Value {
    let mut labels = json!({ "kubernetes.io/bootstrapping": "rbac-defaults" });
    if let Some(into) = gathered_into {
        object::set(&mut labels, &format!("{RBAC}/aggregate-to-{into}"), "true");
    }
    let annotations = json!({ "rbac.authorization.kubernetes.io/autoupdate": "true" });
    json!({ "name": name, "labels": labels, "annotations": annotations })
}

/// The roles of the table with their rules, in its order.
fn roles() -> Vec<(&'static str, Vec<Value>)> {
    let mut all: Vec<(&str, Vec<Value>)> = Vec::new();
    let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
    for line in RULES.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split("; ").collect();
        let (name, rule) = match *parts.as_slice() {
            [name, verbs, paths] => {
                (name, json!({ "verbs": words(verbs), "nonResourceURLs": words(paths) }))
            }
            [name, verbs, group, resources] => {
                let group = if group == "-" { "" } else { group };
                let rule = json!({
                    "verbs": words(verbs), "apiGroups": [group], "resources": words(resources),
                });
                (name, rule)
            }
            _ => continue,
        };
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rules)) => rules.push(rule),
            None => all.push((name, vec![rule])),
        }
    }
    all
}
