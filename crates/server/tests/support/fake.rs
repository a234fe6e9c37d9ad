//! A system that answers as told: for faults and speed. What real systems do is shown elsewhere.

#![allow(dead_code, clippy::allow_attributes, reason = "each user of this uses its part")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bellhop_api::{ConnectKubernetes, Disconnect, ManifestQuery};
use bellhop_connectors::{
    Connector, Endpoint, EndsAlone, Fault, FoundPermission, FoundResource, FoundType, Health,
    Leaving, Leftover, MadeFor, Minted, Order, Presence, Preview, Probe, Revoked,
};
use bellhop_domain::{Before, Found, GrantId, InstallationId};
use bellhop_server::app::{Connection, Systems};
use bellhop_store::integrations::Integration;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// A handle; clones share the system.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    granted: BTreeMap<GrantId, String>,
    /// The deadline that is noted with each.
    deadlines: BTreeMap<GrantId, DateTime<Utc>>,
    calls: Vec<String>,
    /// Faults for coming calls of a name, first come first served.
    faults: BTreeMap<&'static str, VecDeque<Fault>>,
    /// Runs inside a call of a name, after it took effect.
    during: BTreeMap<&'static str, Box<dyn FnOnce() + Send>>,
    /// What the next call of a name waits for.
    held: BTreeMap<&'static str, Pin<Box<dyn Future<Output = ()> + Send>>>,
    pin: Option<String>,
    /// The members of each target's group, when all grants of one lane share their effect.
    members: Option<BTreeSet<(String, String)>>,
    /// Everybody is a member before Bellhop.
    stands: bool,
    /// What can be asked for.
    found: Vec<FoundType>,
    /// What a look before connecting finds.
    preview: Preview,
}

fn member(order: &Order) -> (String, String) {
    (order.target.to_string(), order.account.clone())
}

impl Fake {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call of `name` fails like this.
    pub(crate) fn fail(&self, name: &'static str, fault: Fault) {
        self.state().faults.entry(name).or_default().push_back(fault);
    }

    /// Something else happens while the next call of `name` is under way.
    pub(crate) fn during(&self, name: &'static str, happens: impl FnOnce() + Send + 'static) {
        self.state().during.insert(name, Box::new(happens));
    }

    /// The next call of `name` takes as long as `this`.
    pub(crate) fn hold(&self, name: &'static str, this: impl Future<Output = ()> + Send + 'static) {
        self.state().held.insert(name, Box::pin(this));
    }

    async fn wait(&self, name: &'static str) {
        let held = self.state().held.remove(name);
        if let Some(held) = held {
            held.await;
        }
    }

    /// Everything works again.
    pub(crate) fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Somebody takes everything away by hand.
    pub(crate) fn take_away(&self) {
        self.state().granted.clear();
    }

    /// Something with our mark is there that no grant explains.
    pub(crate) fn plant(&self, grant: GrantId) {
        self.state().granted.insert(grant, "planted".to_owned());
    }

    /// From now on connecting reaches another system.
    pub(crate) fn become_another(&self, pin: &str) {
        self.state().pin = Some(pin.to_owned());
    }

    /// From now on all grants of a lane have one effect between them, as in a group.
    pub(crate) fn shares_its_effect(&self) {
        self.state().members = Some(BTreeSet::new());
    }

    /// Whoever is granted something is a member already.
    pub(crate) fn stands_already(&self) {
        self.state().stands = true;
    }

    /// Who is a member of what now.
    pub(crate) fn members(&self) -> BTreeSet<(String, String)> {
        self.state().members.clone().unwrap_or_default()
    }

    /// From now on these are, whoever made them.
    pub(crate) fn has_members(&self, members: BTreeSet<(String, String)>) {
        self.state().members = Some(members);
    }

    /// From now on these namespaces are there, each with what it is tagged with, and these
    /// permissions are offered on them.
    pub(crate) fn offers<'a>(
        &self,
        permissions: &[&str],
        namespaces: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) {
        let resource = |(name, env): (&str, &str)| FoundResource {
            name: name.to_owned(),
            uid: format!("uid of {name}"),
            tags: BTreeMap::from([("env".to_owned(), env.to_owned())]),
        };
        let permission = |name: &&str| FoundPermission { name: (*name).to_owned(), only_on: None };
        self.state().found = vec![FoundType {
            name: "namespace".to_owned(),
            permissions: permissions.iter().map(permission).collect(),
            resources: namespaces.into_iter().map(resource).collect(),
        }];
    }

    /// From now on a look before connecting finds this.
    pub(crate) fn looks_like(&self, preview: Preview) {
        self.state().preview = preview;
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// The deadlines noted with what is open.
    pub(crate) fn deadlines(&self) -> Vec<DateTime<Utc>> {
        self.state().deadlines.values().copied().collect()
    }

    /// How many grants are open there.
    pub(crate) fn open(&self) -> usize {
        let state = self.state();
        state.members.as_ref().map_or(state.granted.len(), BTreeSet::len)
    }

    fn is_open(&self, order: &Order) -> bool {
        let state = self.state();
        match &state.members {
            Some(members) => members.contains(&member(order)),
            None => state.granted.contains_key(&order.grant),
        }
    }

    fn call(&self, name: &'static str) -> Result<(), Fault> {
        let mut state = self.state();
        state.calls.push(name.to_owned());
        let fault = state.faults.get_mut(name).and_then(VecDeque::pop_front);
        let happens = state.during.remove(name);
        drop(state);
        if let Some(happens) = happens {
            happens();
        }
        fault.map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Systems for Fake {
    fn open(&self, _: &Integration) -> Result<Arc<dyn Connector>, Fault> {
        Ok(Arc::new(self.clone()))
    }

    async fn connect(&self, _: &Integration, _: &ConnectKubernetes) -> Result<Connection, Fault> {
        let pin = self.state().pin.clone().unwrap_or_else(|| "fake".to_owned());
        Ok(Connection { settings: "{}".to_owned(), pin })
    }

    async fn preview(&self, _: &Integration, _: &ConnectKubernetes) -> Result<Preview, Fault> {
        Ok(self.state().preview.clone())
    }

    async fn disconnect(&self, _: &Integration, _: &Disconnect) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    fn forget(&self, _: &Integration) -> Result<(), Fault> {
        Ok(())
    }

    fn manifest(&self, _: &Integration, _: &ManifestQuery) -> Result<String, Fault> {
        Ok(String::new())
    }
}

#[async_trait]
impl Connector for Fake {
    fn ends_alone(&self) -> EndsAlone {
        EndsAlone::Nothing
    }

    fn shares_effects(&self) -> bool {
        self.state().members.is_some()
    }

    fn remains(&self) -> &'static [&'static str] {
        &["what was open"]
    }

    async fn pin(&self) -> Result<String, Fault> {
        Ok("fake".to_owned())
    }

    async fn check(&self) -> Result<Health, Fault> {
        self.call("check")?;
        Ok(Health { version: "fake".to_owned(), missing_rights: Vec::new(), warnings: Vec::new() })
    }

    async fn discover(&self) -> Result<Vec<FoundType>, Fault> {
        self.call("discover")?;
        self.wait("discover").await;
        Ok(self.state().found.clone())
    }

    async fn prepare(&self, order: &Order) -> Result<Before, Fault> {
        self.call("prepare")?;
        let mut state = self.state();
        let stands = state.stands;
        let there = state.members.as_mut().is_some_and(|members| {
            if stands {
                members.insert(member(order));
            }
            members.contains(&member(order))
        });
        let found = if there { Found::Standing } else { Found::Absent };
        Ok(Before { found, plan: json!({}) })
    }

    async fn apply(&self, order: &Order, _: &Before) -> Result<(), Fault> {
        let mut state = self.state();
        match &mut state.members {
            Some(members) => {
                members.insert(member(order));
            }
            None => {
                state.granted.insert(order.grant, order.account.clone());
            }
        }
        drop(state);
        self.state().deadlines.insert(order.grant, order.deadline);
        self.call("apply")
    }

    async fn extend(&self, order: &Order, _: &Before) -> Result<(), Fault> {
        self.call("extend")?;
        if !self.is_open(order) {
            return Err(Fault::Impossible("somebody took it away".to_owned()));
        }
        self.state().deadlines.insert(order.grant, order.deadline);
        Ok(())
    }

    async fn target(&self, _: &Order, _: &Before) -> Result<(), Fault> {
        self.call("target")
    }

    async fn probe(&self, order: &Order, _: &Before) -> Result<Probe, Fault> {
        self.call("probe")?;
        let open = self.is_open(order);
        Ok(if open {
            Probe::Usable("it may".to_owned())
        } else {
            Probe::Refused("it may not".to_owned())
        })
    }

    async fn read(&self, order: &Order) -> Result<Presence, Fault> {
        self.call("read")?;
        let open = self.is_open(order);
        Ok(if open { Presence::Ours } else { Presence::Absent })
    }

    async fn revoke(&self, order: &Order, leaving: &Leaving) -> Result<Revoked, Fault> {
        self.call("revoke")?;
        let mut state = self.state();
        if let Some(members) = &mut state.members {
            if let Some(stays) = leaving.shared_effect_stays() {
                return Ok(Revoked::Kept(stays));
            }
            let was_there = members.remove(&member(order));
            return Ok(if was_there { Revoked::Done } else { Revoked::AlreadyGone });
        }
        let was_there = state.granted.remove(&order.grant).is_some();
        Ok(if was_there { Revoked::Done } else { Revoked::AlreadyGone })
    }

    async fn mint(&self, _: &Order, until: DateTime<Utc>) -> Result<Minted, Fault> {
        self.call("mint")?;
        Ok(Minted { token: "minted".to_owned().into(), expires_at: until + TimeDelta::minutes(9) })
    }

    async fn leftovers(&self, _: InstallationId) -> Result<Vec<Leftover>, Fault> {
        self.call("leftovers")?;
        self.wait("leftovers").await;
        let left = |grant: &GrantId| Leftover {
            what: grant.to_string(),
            of: MadeFor::Grant(Some(*grant)),
            place: json!(grant),
        };
        Ok(self.state().granted.keys().map(left).collect())
    }

    async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault> {
        self.call("remove")?;
        self.state().granted.retain(|grant, _| grant.to_string() != leftover.what);
        Ok(Revoked::Done)
    }

    async fn endpoint(&self) -> Result<Endpoint, Fault> {
        let server = "https://fake.example".to_owned();
        Ok(Endpoint { server, ca: None, tls_server_name: None })
    }
}
