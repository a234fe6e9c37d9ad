//! A system whose effect is shared: groups with members, behind a few calls over HTTP. It is here
//! to test the kit: a sound connector passes, and each broken one is found.

mod connector;
mod flaws;
mod server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bellhop_connectors::{Connector, Order};
use bellhop_domain::ids::uuid_at;
use bellhop_domain::{Clock as _, InstallationId, SystemClock, Target};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::kit::http::Message;
use crate::kit::proxy::{Elsewhere, Proxy, Upstream};
use crate::kit::{System, conforms};
use crate::real::random_bytes;
use connector::{Flaw, Groups};
use server::Server;

/// One installation, connected to a server of its own or of another one.
struct World {
    server: Arc<Server>,
    proxy: Proxy,
    installation: InstallationId,
    flaw: Option<Flaw>,
}

impl World {
    async fn start(flaw: Option<Flaw>) -> Self {
        Self::beside(Arc::new(Server::start().await), flaw).await
    }

    async fn beside(server: Arc<Server>, flaw: Option<Flaw>) -> Self {
        let proxy = Proxy::start(Upstream::Plain(server.address.clone())).await.unwrap();
        let installation = InstallationId(uuid_at(SystemClock.now(), random_bytes()));
        Self { server, proxy, installation, flaw }
    }
}

fn target(group: &str) -> Target {
    format!("groups/group/{group}:member").parse().unwrap()
}

#[async_trait]
impl System for World {
    fn open(&self, limit: Duration) -> Arc<dyn Connector> {
        let address = self.proxy.address.clone();
        let pin = server::PIN.to_owned();
        Arc::new(Groups { address, pin, limit, flaw: self.flaw, made: Mutex::default() })
    }

    fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    fn installation(&self) -> InstallationId {
        self.installation
    }

    async fn neighbour(&self) -> Box<dyn System> {
        Box::new(Self::beside(Arc::clone(&self.server), self.flaw).await)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn shortest_mint(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    fn secrets(&self) -> Vec<String> {
        vec![server::KEY.to_owned()]
    }

    fn refusal(&self, status: u16) -> Vec<u8> {
        json!({ "error": status }).to_string().into_bytes()
    }

    fn elsewhere(&self) -> Arc<Elsewhere> {
        Arc::new(|request: &Message| {
            let name = request.path().rsplit('/').next().unwrap_or_default();
            match request.path() {
                "/system" => server::answer(200, &json!({ "id": "another" })),
                "/rights" => server::answer(200, &json!({ "missing": [] })),
                "/groups" => server::answer(200, &json!({})),
                _ => server::answer(404, &json!({ "missing": name })),
            }
        })
    }

    fn target(&self) -> Target {
        target("one")
    }

    fn second_target(&self) -> Target {
        target("two")
    }

    fn account(&self) -> String {
        format!("p-{}", uuid_at(SystemClock.now(), random_bytes()).simple())
    }

    async fn effects(&self, order: &Order) -> usize {
        usize::from(self.server.member(&order.target.resource, &order.account).is_some())
    }

    async fn works(&self, order: &Order) -> bool {
        self.effects(order).await > 0
    }

    async fn has_account(&self, _: &str) -> Option<bool> {
        None
    }

    async fn noted(&self, order: &Order) -> (String, Value) {
        let mut member =
            self.server.member(&order.target.resource, &order.account).unwrap_or_default();
        let noted = member.pointer_mut("/note/deadline").map(Value::take).unwrap_or_default();
        (noted.as_str().unwrap_or_default().to_owned(), member)
    }

    async fn take_away(&self, order: &Order) {
        self.server.remove(&order.target.resource, &order.account);
    }

    /// A member is in a group or is not.
    async fn change(&self, _: &Order) -> bool {
        false
    }

    async fn stand(&self, order: &Order) {
        self.server.add(&order.target.resource, &order.account);
    }

    async fn stands(&self, order: &Order) -> bool {
        self.works(order).await
    }

    async fn stand_down(&self, order: &Order) {
        self.take_away(order).await;
    }

    async fn make_unrelated(&self, target: &Target) {
        self.server.add(&target.resource, "somebody-else");
    }

    async fn has_unrelated(&self, target: &Target) -> bool {
        self.server.member(&target.resource, "somebody-else").is_some()
    }

    async fn make_target(&self) -> Target {
        self.server.make_group("brief");
        target("brief")
    }

    async fn delete_target(&self, target: &Target) {
        self.server.delete_group(&target.resource);
    }

    async fn leave(&self) {}

    async fn set_rights(&self, given: bool) {
        self.server.set_rights(given);
    }
}

conforms!(async { Some(World::start(None).await) });
