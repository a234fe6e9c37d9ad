//! The kit on a real API server and on the sample cluster, with exactly the rights of the manifest.

mod outside;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellhop_connectors::kubernetes::{CredentialStore as _, Kubernetes, Settings};
use bellhop_connectors::{Connector, Order};
use bellhop_domain::{InstallationId, Target};
use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::kit::http::Message;
use crate::kit::proxy::{Elsewhere, Proxy, Upstream};
use crate::kit::{System, conforms};
use crate::real::{Ground, World, clock};
use outside::Outside;

const RBAC: &str = "rbac.authorization.k8s.io";

/// One installation on the cluster, its connector behind a proxy.
struct Cluster {
    world: World,
    proxy: Proxy,
    /// What the connector is told: the proxy's address and authority.
    settings: Settings,
    ground: Arc<Ground>,
    outside: Outside,
}

impl Cluster {
    /// Nothing when there is no cluster to test on, which was said then.
    async fn real() -> Option<Self> {
        Some(Self::on(Arc::new(Ground::real()?)).await)
    }

    async fn sample() -> Option<Self> {
        Some(Self::on(Arc::new(Ground::sample().await)).await)
    }

    async fn on(ground: Arc<Ground>) -> Self {
        let world = World::connect(&ground.file, |_| {}).await;
        let mut settings = world.settings.clone();
        let ca = STANDARD.decode(settings.ca.unwrap()).unwrap();
        let address = settings.server.trim_start_matches("https://").to_owned();
        let proxy = Proxy::start(Upstream::Tls(address, ca)).await.unwrap();
        settings.server = format!("https://{}", proxy.address);
        settings.ca = Some(STANDARD.encode(&proxy.ca));
        let outside = Outside::new(&world);
        Self { world, proxy, settings, ground, outside }
    }

    fn target_in(namespace: &str) -> Target {
        format!("k8s-real/namespace/{namespace}:edit").parse().unwrap()
    }
}

/// What an API server says of something that is not there, or not allowed.
fn status(code: u16, reason: &str, name: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
        "reason": reason, "message": reason, "details": { "name": name },
    })
}

/// Another cluster, where nothing of ours is, and which believes our tokens.
fn another_cluster(request: &Message) -> Message {
    let answer = |code, body: Value| Message::answer(code, body.to_string().into_bytes());
    let path = request.path().split('?').next().unwrap_or_default();
    let (before, last) = path.rsplit_once('/').unwrap_or_default();
    match (request.method(), last) {
        ("GET", "kube-system") => {
            answer(200, json!({ "metadata": { "name": last, "uid": "another" } }))
        }
        ("GET", "version") => answer(200, json!({ "gitVersion": "v1.0.0" })),
        ("GET", "rolebindings" | "serviceaccounts" | "namespaces" | "clusterrolebindings") => {
            answer(200, json!({ "items": [] }))
        }
        ("POST", "selfsubjectaccessreviews") => {
            answer(201, json!({ "status": { "allowed": false } }))
        }
        ("POST", "token") => {
            let account = before.rsplit('/').next().unwrap_or_default();
            answer(404, status(404, "NotFound", account))
        }
        ("POST", _) => answer(201, json!({})),
        _ => answer(404, status(404, "NotFound", last)),
    }
}

#[async_trait]
impl System for Cluster {
    fn open(&self, limit: Duration) -> Arc<dyn Connector> {
        let store = Arc::clone(&self.world.store);
        let kube = Kubernetes::open(self.settings.clone(), store, clock()).unwrap();
        Arc::new(kube.with_limit(limit))
    }

    fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    fn installation(&self) -> InstallationId {
        self.world.installation
    }

    async fn neighbour(&self) -> Box<dyn System> {
        Box::new(Self::on(Arc::clone(&self.ground)).await)
    }

    fn is_shared(&self) -> bool {
        false
    }

    /// An API server grants no shorter one.
    fn shortest_mint(&self) -> TimeDelta {
        TimeDelta::minutes(10)
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.world.store.load().unwrap().expose_secret().to_owned()]
    }

    fn refusal(&self, code: u16) -> Vec<u8> {
        status(code, "Told", "").to_string().into_bytes()
    }

    fn elsewhere(&self) -> Arc<Elsewhere> {
        Arc::new(another_cluster)
    }

    fn target(&self) -> Target {
        Self::target_in("customer1")
    }

    fn second_target(&self) -> Target {
        Self::target_in("customer2")
    }

    fn account(&self) -> String {
        self.world.account()
    }

    async fn effects(&self, order: &Order) -> usize {
        self.outside.bindings_of(order).await.len()
    }

    async fn works(&self, order: &Order) -> bool {
        self.outside.may(order).await
    }

    async fn has_account(&self, account: &str) -> Option<bool> {
        Some(self.outside.has_account(account).await)
    }

    async fn noted(&self, order: &Order) -> (String, Value) {
        self.outside.noted(order).await
    }

    async fn take_away(&self, order: &Order) {
        self.outside.delete_binding(order).await;
    }

    async fn change(&self, order: &Order) -> bool {
        self.outside.add_subject(order).await;
        true
    }

    /// Every account of Bellhop's may do in the namespace what is granted.
    async fn stand(&self, order: &Order) {
        let name = "system:serviceaccounts:bellhop-system";
        let everybody = json!({ "kind": "Group", "name": name, "apiGroup": RBAC });
        self.outside.bind(&order.target.resource, "standing", &everybody).await;
    }

    async fn stands(&self, order: &Order) -> bool {
        self.outside.is_bound(&order.target.resource, "standing").await
    }

    async fn stand_down(&self, order: &Order) {
        self.outside.unbind(&order.target.resource, "standing").await;
    }

    async fn make_unrelated(&self, target: &Target) {
        let jane = json!({ "kind": "User", "name": "jane", "apiGroup": RBAC });
        self.outside.bind(&target.resource, &self.outside.unrelated(), &jane).await;
    }

    async fn has_unrelated(&self, target: &Target) -> bool {
        self.outside.is_bound(&target.resource, &self.outside.unrelated()).await
    }

    async fn make_target(&self) -> Target {
        let name = self.outside.own_namespace();
        self.outside.make_namespace(&name).await;
        Self::target_in(&name)
    }

    async fn delete_target(&self, target: &Target) {
        self.outside.delete_namespace(&target.resource).await;
    }

    async fn leave(&self) {
        self.world.remove_rights().await;
    }

    async fn set_rights(&self, given: bool) {
        self.outside.set_rights(given).await;
    }
}

conforms!(Cluster::real());

/// The same on the sample cluster: it is one that the connector cannot tell from a real one.
mod sample {
    use super::{Cluster, conforms};

    conforms!(Cluster::sample());
}
