//! What a new cluster starts with: namespaces, pods, and the roles that every cluster has.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::kinds::{
    ACCOUNT, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, NAMESPACE, POD, RBAC, REVIEWS,
};
use crate::object;
use crate::status::Refusal;
use crate::store::State;

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];

/// Fills a new cluster.
pub(crate) fn plant(
    state: &mut State,
    namespaces: &[String],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    for (name, labels, rules) in roles() {
        let meta = json!({ "name": name, "labels": labels, "annotations": kept_by_the_server() });
        let mut role = json!({ "metadata": meta, "rules": rules });
        if let (Some(part), Some(role)) = (gathers(name), role.as_object_mut()) {
            let selector = json!({ "matchLabels": { gathered_by(part): "true" } });
            let gathers = json!({ "clusterRoleSelectors": [selector] });
            role.insert("aggregationRule".to_owned(), gathers);
        }
        keep(state, &CLUSTER_ROLE, role, now)?;
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

fn gathers(role: &str) -> Option<&str> {
    ["admin", "edit", "view"].contains(&role).then_some(role)
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

fn roles() -> Vec<(&'static str, Value, Vec<Value>)> {
    let part = |of: &str| {
        let mut labels = by_default();
        if let Some(labels) = labels.as_object_mut() {
            labels.insert(gathered_by(of), "true".into());
        }
        labels
    };
    vec![
        ("admin", by_default(), Vec::new()),
        ("cluster-admin", by_default(), vec![rule(&["*"], "*", "*"), outside(&["*"], &["*"])]),
        ("edit", part("admin"), Vec::new()),
        (
            "system:aggregate-to-admin",
            part("admin"),
            vec![
                rule(&["create"], REVIEWS, "localsubjectaccessreviews"),
                rule(
                    &[
                        "create",
                        "delete",
                        "deletecollection",
                        "get",
                        "list",
                        "patch",
                        "update",
                        "watch",
                    ],
                    RBAC,
                    "rolebindings roles",
                ),
            ],
        ),
        ("system:aggregate-to-edit", part("edit"), edit_rules()),
        ("system:aggregate-to-view", part("view"), view_rules()),
        (
            "system:basic-user",
            by_default(),
            vec![rule(&["create"], REVIEWS, "selfsubjectaccessreviews selfsubjectrulesreviews")],
        ),
        (
            "system:discovery",
            by_default(),
            vec![outside(
                &["get"],
                &[
                    "/api",
                    "/api/*",
                    "/apis",
                    "/apis/*",
                    "/healthz",
                    "/livez",
                    "/openapi",
                    "/openapi/*",
                    "/readyz",
                    "/version",
                    "/version/",
                ],
            )],
        ),
        (
            "system:public-info-viewer",
            by_default(),
            vec![outside(&["get"], &["/healthz", "/livez", "/readyz", "/version", "/version/"])],
        ),
        (
            "system:service-account-issuer-discovery",
            by_default(),
            vec![outside(&["get"], &["/.well-known/openid-configuration", "/openid/v1/jwks"])],
        ),
        ("view", part("edit"), Vec::new()),
    ]
}

/// What `edit` has beyond `view`, as every cluster of this version has it: also rights to things
/// that are not here, so that the role reads the same.
fn edit_rules() -> Vec<Value> {
    vec![
        rule(READ, "", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
        rule(&["impersonate"], "", "serviceaccounts"),
        rule(WRITE, "", "pods pods/attach pods/exec pods/portforward pods/proxy"),
        rule(
            WRITE,
            "",
            "configmaps endpoints persistentvolumeclaims replicationcontrollers \
             replicationcontrollers/scale secrets serviceaccounts services services/proxy",
        ),
        rule(
            WRITE,
            "apps",
            "daemonsets deployments deployments/rollback deployments/scale replicasets \
             replicasets/scale statefulsets statefulsets/scale",
        ),
        rule(WRITE, "autoscaling", "horizontalpodautoscalers"),
        rule(WRITE, "batch", "cronjobs jobs"),
        rule(
            WRITE,
            "extensions",
            "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies \
             replicasets replicasets/scale replicationcontrollers/scale",
        ),
        rule(WRITE, "policy", "poddisruptionbudgets"),
        rule(WRITE, "networking.k8s.io", "ingresses networkpolicies"),
    ]
}

fn view_rules() -> Vec<Value> {
    vec![
        rule(
            READ,
            "",
            "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods \
             replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status",
        ),
        rule(
            READ,
            "",
            "bindings events limitranges namespaces/status pods/log pods/status \
             replicationcontrollers/status resourcequotas resourcequotas/status",
        ),
        rule(READ, "", "namespaces"),
        rule(
            READ,
            "apps",
            "controllerrevisions daemonsets daemonsets/status deployments deployments/scale \
             deployments/status replicasets replicasets/scale replicasets/status statefulsets \
             statefulsets/scale statefulsets/status",
        ),
        rule(READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
        rule(READ, "batch", "cronjobs cronjobs/status jobs jobs/status"),
        rule(
            READ,
            "extensions",
            "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses \
             ingresses/status networkpolicies replicasets replicasets/scale replicasets/status \
             replicationcontrollers/scale",
        ),
        rule(READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
        rule(READ, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
    ]
}

fn rule(verbs: &[&str], group: &str, resources: &str) -> Value {
    let resources: Vec<&str> = resources.split_whitespace().collect();
    json!({ "verbs": verbs, "apiGroups": [group], "resources": resources })
}

fn outside(verbs: &[&str], paths: &[&str]) -> Value {
    json!({ "verbs": verbs, "nonResourceURLs": paths })
}

fn pod(
    (namespace, app): (&str, &str),
    (image, port): (&str, u16),
    address: &str,
    now: DateTime<Utc>,
) -> Value {
    let since = time(now);
    let condition = |kind| json!({ "type": kind, "status": "True", "lastTransitionTime": since });
    let conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition);
    json!({
        "metadata": { "name": app, "namespace": namespace, "labels": { "app": app } },
        "spec": {
            "automountServiceAccountToken": false,
            "containers": [{
                "name": app, "image": image, "imagePullPolicy": "IfNotPresent",
                "ports": [{ "containerPort": port, "protocol": "TCP" }],
                "resources": {},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
            }],
            "dnsPolicy": "ClusterFirst", "enableServiceLinks": true, "nodeName": "sample-node",
            "preemptionPolicy": "PreemptLowerPriority", "priority": 0, "restartPolicy": "Always",
            "schedulerName": "default-scheduler", "securityContext": {},
            "serviceAccount": "default", "serviceAccountName": "default",
            "terminationGracePeriodSeconds": 30,
            "tolerations": [
                { "key": "node.kubernetes.io/not-ready", "operator": "Exists",
                  "effect": "NoExecute", "tolerationSeconds": 300 },
                { "key": "node.kubernetes.io/unreachable", "operator": "Exists",
                  "effect": "NoExecute", "tolerationSeconds": 300 },
            ],
        },
        "status": {
            "phase": "Running", "qosClass": "BestEffort", "startTime": since,
            "hostIP": "10.1.255.1", "podIP": address, "podIPs": [{ "ip": address }],
            "conditions": conditions,
            "containerStatuses": [{
                "name": app, "image": image, "imageID": "", "ready": true, "started": true,
                "restartCount": 0, "state": { "running": { "startedAt": since } }, "lastState": {},
            }],
        },
    })
}
