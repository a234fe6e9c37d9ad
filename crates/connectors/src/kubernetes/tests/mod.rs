//! Tests of the Kubernetes connector against a scripted API server.
//!
//! What an API server really answers is shown by `tests/kubernetes_real.rs`; here are the answers
//! that a real one does not give on demand.

mod diagnosing;
mod discovering;
mod faults;
mod plugins;
mod preparing;
mod probing;
mod revoking;
mod rights;
mod tokens;

use std::collections::BTreeSet;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bellhop_domain::{Before, CredentialPlace, Found, GrantId, InstallationId, ManualClock};
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Credential, CredentialStore, Kubernetes, OfferedRole, Settings, Shell};
use crate::{Account, Fault, Leaving, Order};

const PIN: &str = "11111111-0000-4000-8000-000000000001";
const NAMESPACE_UID: &str = "22222222-0000-4000-8000-000000000002";
const ACCOUNT: &str = "p-quiet-otter";

/// One call that the connector made.
#[derive(Clone, Debug)]
struct Seen {
    method: String,
    path: String,
    token: String,
    body: Value,
}

impl Seen {
    /// `GET namespaces/kube-system`: without what every address begins with.
    fn line(&self) -> String {
        let path = self.path.split('?').next().unwrap();
        let path = path.trim_start_matches("/api/v1/");
        let path = path.trim_start_matches("/apis/rbac.authorization.k8s.io/v1/");
        format!("{} {}", self.method, path.trim_start_matches("/apis/authorization.k8s.io/v1/"))
    }
}

enum Reply {
    Json(u16, Value),
    Raw(u16, &'static str, Option<&'static str>),
    Never,
}

#[derive(Default)]
struct Memory(Mutex<Vec<String>>);

impl Memory {
    fn keep(&self, secret: &str) {
        self.0.lock().unwrap().push(secret.to_owned());
    }

    fn saved(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl CredentialStore for Memory {
    fn load(&self) -> Result<SecretString, Fault> {
        let kept = self.saved().last().cloned();
        kept.map(SecretString::from).ok_or_else(|| Fault::NotAllowed("nothing saved".to_owned()))
    }

    fn save(&self, secret: &SecretString) -> Result<(), Fault> {
        self.keep(secret.expose_secret());
        Ok(())
    }
}

/// A connector whose API server is a function.
struct Scripted {
    kube: Kubernetes,
    seen: Arc<Mutex<Vec<Seen>>>,
    store: Arc<Memory>,
    clock: ManualClock,
}

impl Scripted {
    /// `answer` may say nothing about a call; then the usual answer is given.
    fn new(answer: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let store = Arc::new(Memory::default());
        let clock = ManualClock::at(noon());
        let token = own_token(noon() - TimeDelta::days(1), noon() + TimeDelta::days(29));
        store.save(&SecretString::from(token)).unwrap();
        let client = client(Arc::clone(&seen), Arc::new(answer));
        let kept = Arc::clone(&store);
        let kube = Kubernetes::with_client(settings(), client, kept, Arc::new(clock.clone()));
        Self { kube, seen, store, clock }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

type Answer = dyn Fn(&Seen) -> Option<Reply> + Send + Sync;

fn client(seen: Arc<Mutex<Vec<Seen>>>, answer: Arc<Answer>) -> Client {
    let service = tower::service_fn(move |request: Request<Body>| {
        let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect_bytes().await.unwrap();
            let token = head.headers.get("authorization").map(|value| value.to_str().unwrap());
            let call = Seen {
                method: head.method.to_string(),
                path: head.uri.to_string(),
                token: token.unwrap_or_default().trim_start_matches("Bearer ").to_owned(),
                body: serde_json::from_slice(&body).unwrap_or_default(),
            };
            let reply = answer(&call).unwrap_or_else(|| usual(&call));
            seen.lock().unwrap().push(call);
            Ok::<_, Infallible>(response(reply).await)
        }
    });
    Client::new(service, "default")
}

async fn response(reply: Reply) -> Response<Body> {
    let (code, body, pause) = match reply {
        Reply::Json(code, body) => (code, body.to_string(), None),
        Reply::Raw(code, body, pause) => (code, body.to_owned(), pause),
        Reply::Never => std::future::pending().await,
    };
    let mut response = Response::builder().status(code);
    if let Some(pause) = pause {
        response = response.header("Retry-After", pause);
    }
    response.body(Body::from(body.into_bytes())).unwrap()
}

/// What a healthy cluster with one namespace and nothing of ours answers.
fn usual(call: &Seen) -> Reply {
    let named = |name: &str, uid: &str| json!({ "metadata": { "name": name, "uid": uid } });
    let line = call.line();
    match line.as_str() {
        "GET namespaces/kube-system" => Reply::Json(200, named("kube-system", PIN)),
        "GET namespaces/customer1" => Reply::Json(200, named("customer1", NAMESPACE_UID)),
        "GET clusterroles/edit" => Reply::Json(200, json!({ "rules": [edit_rule()] })),
        "POST selfsubjectaccessreviews" => allowed(false),
        "GET namespaces/customer1/rolebindings" => Reply::Json(200, json!({ "items": [] })),
        _ if line.starts_with("POST") && line.ends_with("/token") => token("grantee-token"),
        _ if line.starts_with("POST") => Reply::Json(201, json!({})),
        _ => absent(call.line().rsplit('/').next().unwrap()),
    }
}

fn edit_rule() -> Value {
    json!({ "apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list", "create"] })
}

fn allowed(yes: bool) -> Reply {
    Reply::Json(201, json!({ "status": { "allowed": yes } }))
}

fn token(text: &str) -> Reply {
    let end = noon() + TimeDelta::minutes(10);
    Reply::Json(201, json!({ "status": { "token": text, "expirationTimestamp": end } }))
}

fn absent(name: &str) -> Reply {
    status(404, "NotFound", &format!("\"{name}\" not found"), name)
}

fn status(code: u16, reason: &str, message: &str, name: &str) -> Reply {
    Reply::Json(
        code,
        json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
            "reason": reason, "message": message, "details": { "name": name },
        }),
    )
}

fn noon() -> DateTime<Utc> {
    "2026-03-04T12:00:00Z".parse().unwrap()
}

/// A token as an API server makes them, as far as anybody but it can read one.
fn own_token(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let claims = json!({ "iat": from.timestamp(), "exp": to.timestamp() }).to_string();
    format!("x.{}.y", URL_SAFE_NO_PAD.encode(claims))
}

fn installation() -> InstallationId {
    InstallationId(Uuid::from_u128(7))
}

fn settings() -> Settings {
    Settings {
        integration: "k8s-demo".to_owned(),
        server: "https://k8s.example.com:6443".to_owned(),
        ca: None,
        tls_server_name: None,
        proxy_url: None,
        offered: vec![OfferedRole::cluster_role("view"), OfferedRole::cluster_role("edit")],
        namespaces: None,
        pin: PIN.to_owned(),
        credential: Credential::ServiceAccount {
            name: "bellhop".to_owned(),
            kept: CredentialPlace::File,
        },
        shell: Shell::default(),
    }
}

fn order() -> Order {
    Order {
        installation: installation(),
        grant: GrantId(Uuid::from_u128(42)),
        target: "k8s-demo/namespace/customer1:edit".parse().unwrap(),
        account: ACCOUNT.to_owned(),
        deadline: noon() + TimeDelta::hours(1),
    }
}

/// The end of the only grant of its lane.
fn leaving(account: Account) -> Leaving {
    Leaving { account, owners: Vec::new(), before: Some(before()), recorded: BTreeSet::new() }
}

/// The name of the grant's binding.
fn binding_name() -> String {
    format!("bellhop-{}", order().grant)
}

fn before() -> Before {
    let plan = json!({
        "version": 1,
        "namespace_uid": NAMESPACE_UID,
        "probes": [
            { "verb": "create", "group": "", "resource": "pods", "name": null },
            { "verb": "create", "group": "", "resource": "pods/log", "name": null },
        ],
    });
    Before { found: Found::Absent, plan }
}

/// A binding of the account in customer1, with these labels beside.
fn binding(name: &str, labels: &Value) -> Value {
    json!({
        "metadata": {
            "name": name, "namespace": "customer1", "uid": format!("uid-of-{name}"), "labels": labels,
        },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit" },
        "subjects": [
            { "kind": "ServiceAccount", "name": ACCOUNT, "namespace": "bellhop-system" },
        ],
    })
}

fn our_account() -> Reply {
    let labels =
        json!({ "bellhop/installation": installation().to_string(), "bellhop/part": "account" });
    Reply::Json(
        200,
        json!({ "metadata": { "name": ACCOUNT, "uid": "account-uid", "labels": labels } }),
    )
}
