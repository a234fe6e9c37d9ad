//! The connected systems: what is there, what goes wrong, and what was seen. They outlive every
//! crash of the backend.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bellhop_api::{ConnectKubernetes, Disconnect, ManifestQuery};
use bellhop_connectors::{Connector, Fault, Preview, Probe};
use bellhop_domain::GrantId;
use bellhop_server::app::{Connection, Systems};
use bellhop_store::integrations::Integration;
use tokio::sync::{Notify, oneshot};

use crate::commands::Trouble;
use crate::connector::Wire;
use crate::scene::{RESOURCES, SYSTEMS};

/// A handle; clones share the systems.
#[derive(Clone, Default)]
pub(crate) struct Outside(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    hung: Notify,
}

#[derive(Default)]
pub(crate) struct State {
    /// By the id that the system keeps for life.
    pub(crate) places: BTreeMap<String, Place>,
    /// Which system answers at the address of an integration.
    pub(crate) answering: BTreeMap<String, String>,
    pub(crate) trouble: BTreeMap<String, VecDeque<Trouble>>,
    /// What the grantee was last told, by grant.
    pub(crate) probed: BTreeMap<GrantId, Probe>,
    /// Lanes in which something took effect after its caller may have been given up.
    pub(crate) late: BTreeSet<String>,
    /// Lanes and accounts whose things may be gone through no fault of Bellhop's.
    pub(crate) meddled: BTreeSet<String>,
    /// Whether the call under way is one that lags.
    pub(crate) lags: bool,
    /// Things that nobody but their owner may remove.
    pub(crate) kept: BTreeSet<u64>,
    /// Lets calls go on that hang.
    gates: Vec<oneshot::Sender<bool>>,
    next: u64,
}

/// One system.
#[derive(Default)]
pub(crate) struct Place {
    /// What may be granted there, and how often it was made anew.
    pub(crate) resources: BTreeMap<String, u32>,
    pub(crate) things: Vec<Thing>,
    /// Accounts that Bellhop made.
    pub(crate) accounts: BTreeSet<String>,
}

/// Something that gives access: a binding, or a membership.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) id: u64,
    pub(crate) by: By,
    pub(crate) target: String,
    pub(crate) account: String,
    pub(crate) changed: bool,
}

/// Whose mark it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Us(Option<GrantId>),
    Somebody,
}

impl Thing {
    pub(crate) fn lane(&self) -> String {
        format!("{}@{}", self.target, self.account)
    }

    pub(crate) fn gives(&self, target: &str, account: &str) -> bool {
        self.target == target && self.account == account
    }
}

impl State {
    pub(crate) fn put(&mut self, pin: &str, mut thing: Thing) -> u64 {
        self.next += 1;
        thing.id = self.next;
        self.places.entry(pin.to_owned()).or_default().things.push(thing);
        self.next
    }

    /// The system that an integration reaches now.
    pub(crate) fn here(&mut self, system: &str) -> (String, &mut Place) {
        let pin = self.answering.get(system).cloned().unwrap_or_default();
        (pin.clone(), self.places.entry(pin).or_default())
    }

    /// What is in the systems that answer.
    pub(crate) fn within_reach(&self) -> impl Iterator<Item = &Thing> {
        let places =
            self.places.iter().filter(|(pin, _)| self.answering.values().any(|p| p == *pin));
        places.flat_map(|(_, place)| &place.things)
    }

    pub(crate) fn things(&self) -> impl Iterator<Item = &Thing> {
        self.places.values().flat_map(|place| &place.things)
    }
}

impl Outside {
    pub(crate) fn new() -> Self {
        let outside = Self::default();
        let mut state = outside.state();
        for system in SYSTEMS {
            for pin in [first(system), other(&first(system))] {
                let here = RESOURCES.iter().filter(|resource| resource.starts_with(system));
                let resources = here.map(|resource| ((*resource).to_owned(), 1)).collect();
                state.places.insert(pin, Place { resources, ..Place::default() });
            }
            state.answering.insert(system.to_owned(), first(system));
        }
        drop(state);
        outside
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call hangs from here on, until it is let go on; answers whether it comes to something.
    pub(crate) async fn hang(&self) -> bool {
        let (gate, goes_on) = oneshot::channel();
        self.state().gates.push(gate);
        self.0.hung.notify_one();
        goes_on.await.unwrap_or(false)
    }

    /// Until a call hangs.
    pub(crate) async fn hung(&self) {
        self.0.hung.notified().await;
    }

    /// Lets the call go on that hung last.
    pub(crate) fn take_gate(&self) -> Option<oneshot::Sender<bool>> {
        self.state().gates.pop()
    }

    pub(crate) fn all_is_well(&self) {
        self.state().trouble.clear();
    }

    /// Calls fail at once from now on rather than hang: nobody is there to let them go on.
    pub(crate) fn nothing_hangs(&self) {
        for all in self.state().trouble.values_mut() {
            all.retain(|one| !matches!(one, Trouble::HangsBefore | Trouble::HangsAfter));
        }
    }
}

/// The id of an integration's usual system.
pub(crate) fn first(system: &str) -> String {
    format!("{system}-1")
}

/// The other system of the same kind.
pub(crate) fn other(pin: &str) -> String {
    match pin.split_once('-') {
        Some((system, "1")) => format!("{system}-2"),
        Some((system, _)) => format!("{system}-1"),
        None => pin.to_owned(),
    }
}

#[async_trait]
impl Systems for Outside {
    fn open(&self, integration: &Integration) -> Result<Arc<dyn Connector>, Fault> {
        let pin = integration.settings.clone().unwrap_or_default();
        Ok(Arc::new(Wire { outside: self.clone(), system: integration.name.clone(), pin }))
    }

    async fn connect(
        &self,
        integration: &Integration,
        _: &ConnectKubernetes,
    ) -> Result<Connection, Fault> {
        let (pin, _) = self.state().here(&integration.name);
        Ok(Connection { settings: pin.clone(), pin })
    }

    async fn preview(&self, _: &Integration, _: &ConnectKubernetes) -> Result<Preview, Fault> {
        Ok(Preview::default())
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
