//! What a new cluster starts with: namespaces, pods, and the roles that every cluster has.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::kinds::{ACCOUNT, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, NAMESPACE, POD, RBAC};
use crate::object;
use crate::status::Refusal;
use crate::store::State;

const RULES: &str = include_str!("seed/roles.txt");
const POD_AS_IT_RUNS: &str = include_str!("seed/pod.json");
/// Roles that gather others, and in which they are gathered themselves.
const GATHERING: [(&str, Option<&str>); 3] =
    [("admin", None), ("edit", Some("admin")), ("view", Some("edit"))];

/// Fills a new cluster.
pub(crate) fn plant(
    state: &mut State,
    namespaces: &[String],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    for (name, rules) in roles() {
        let into = name.strip_prefix("system:aggregate-to-");
        keep(state, &CLUSTER_ROLE, role(name, into, json!({ "rules": rules })), now)?;
    }
    for (name, into) in GATHERING {
        let selector = json!({ "matchLabels": { gathered_by(name): "true" } });
        let rule = json!({ "aggregationRule": { "clusterRoleSelectors": [selector] } });
        keep(state, &CLUSTER_ROLE, role(name, into, rule), now)?;
    }
    for (name, groups) in bindings() {
        let group = |name| json!({ "kind": "Group", "apiGroup": RBAC, "name": name });
        let subjects: Vec<Value> = groups.iter().map(group).collect();
        let binding = json!({
            "metadata": {
                "name": name, "labels": by_default(), "annotations": kept_by_the_server(),
            },
            "roleRef": { "apiGroup": RBAC, "kind": "ClusterRole", "name": name },
            "subjects": subjects,
        });
        keep(state, &CLUSTER_ROLE_BINDING, binding, now)?;
    }
    for name in ["default", "kube-system"] {
        namespace(state, name, now)?;
    }
    for (nth, name) in namespaces.iter().enumerate() {
        namespace(state, name, now)?;
        for (last, (app, image, port)) in
            [("mongodb", "mongo:7", 27017), ("nodejs", "node:22", 3000)].into_iter().enumerate()
        {
            let address = format!("10.1.{}.{}", nth % 250, 10 + last);
            keep(state, &POD, pod((name, app), (image, port), &address, now), now)?;
        }
    }
    Ok(())
}

/// A namespace always has an account `default`, which a controller makes.
fn namespace(state: &mut State, name: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
    let body = json!({
        "metadata": { "name": name },
        "spec": { "finalizers": ["kubernetes"] },
        "status": { "phase": "Active" },
    });
    keep(state, &NAMESPACE, body, now)?;
    default_account(state, name, now)
}

pub(crate) fn default_account(
    state: &mut State,
    namespace: &str,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let account = json!({ "metadata": { "name": "default", "namespace": namespace } });
    keep(state, &ACCOUNT, account, now).map(|_made| ())
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

fn by_default() -> Value {
    json!({ "kubernetes.io/bootstrapping": "rbac-defaults" })
}

/// What a real server says about roles that it brings up to date at each start.
fn kept_by_the_server() -> Value {
    json!({ "rbac.authorization.kubernetes.io/autoupdate": "true" })
}

fn gathered_by(part: &str) -> String {
    format!("{RBAC}/aggregate-to-{part}")
}

fn bindings() -> [(&'static str, &'static [&'static str]); 5] {
    let everybody: &[&str] = &["system:authenticated"];
    [
        ("cluster-admin", &["system:masters"]),
        ("system:basic-user", everybody),
        ("system:discovery", everybody),
        ("system:public-info-viewer", &["system:authenticated", "system:unauthenticated"]),
        ("system:service-account-issuer-discovery", &["system:serviceaccounts"]),
    ]
}

fn role(name: &str, into: Option<&str>, mut rest: Value) -> Value {
    let mut labels = by_default();
    if let (Some(into), Some(labels)) = (into, labels.as_object_mut()) {
        labels.insert(gathered_by(into), "true".into());
    }
    let meta = json!({ "name": name, "labels": labels, "annotations": kept_by_the_server() });
    if let Some(rest) = rest.as_object_mut() {
        rest.insert("metadata".to_owned(), meta);
    }
    rest
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

/// A pod that looks as if it ran: the tutorial is about who may see it.
fn pod(
    (namespace, app): (&str, &str),
    (image, port): (&str, u16),
    address: &str,
    now: DateTime<Utc>,
) -> Value {
    let since = time(now);
    let own = json!({
        "metadata": { "name": app, "namespace": namespace, "labels": { "app": app } },
        "spec": { "containers": [{
            "name": app, "image": image, "ports": [{ "containerPort": port }],
        }] },
        "status": {
            "startTime": since, "podIP": address, "podIPs": [{ "ip": address }],
            "conditions": vec![json!({ "lastTransitionTime": since }); 4],
            "containerStatuses": [{
                "name": app, "image": image, "state": { "running": { "startedAt": since } },
            }],
        },
    });
    let mut pod = serde_json::from_str(POD_AS_IT_RUNS).unwrap_or_default();
    overlay(&mut pod, own);
    pod
}

/// Puts values over others, lists item by item.
fn overlay(into: &mut Value, over: Value) {
    match (into, over) {
        (Value::Object(into), Value::Object(over)) => {
            for (key, value) in over {
                overlay(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(over)) => {
            into.resize(over.len().max(into.len()), Value::Null);
            into.iter_mut().zip(over).for_each(|(into, over)| overlay(into, over));
        }
        (into, over) => *into = over,
    }
}
