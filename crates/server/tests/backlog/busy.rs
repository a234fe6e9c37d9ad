//! A system that counts who calls it at the same time, and asks for a pause once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bellhop_api::{ConnectKubernetes, Disconnect, ManifestQuery};
use bellhop_connectors::{
    Connector, Endpoint, EndsAlone, Fault, FoundType, Health, Leaving, Leftover, MadeFor, Minted,
    Order, Presence, Preview, Probe, Revoked,
};
use bellhop_domain::{Before, Clock as _, Found, GrantId, InstallationId, ManualClock};
use bellhop_server::app::{Connection, Systems};
use bellhop_store::integrations::Integration;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// How long it asks to be left alone.
pub(crate) const PAUSE: Duration = Duration::from_secs(30);

/// A handle; clones share the system.
#[derive(Clone)]
pub(crate) struct Busy {
    seen: Arc<Mutex<Seen>>,
    clock: ManualClock,
}

/// What it has seen.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) open: BTreeSet<GrantId>,
    pub(crate) calls: usize,
    pub(crate) most_at_once: usize,
    pub(crate) revokes: usize,
    /// At which revoke it asks for a pause.
    pub(crate) pause_at: usize,
    /// Until when it asked to be left alone.
    pub(crate) paused_until: Option<DateTime<Utc>>,
    /// Calls that came all the same.
    pub(crate) rude: Vec<&'static str>,
    now: usize,
}

impl Busy {
    pub(crate) fn new(clock: ManualClock, pause_at: usize) -> Self {
        let seen = Seen { pause_at, ..Seen::default() };
        Self { seen: Arc::new(Mutex::new(seen)), clock }
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: others have their turn before it is answered.
    async fn call<T>(&self, name: &'static str, done: impl FnOnce(&mut Seen) -> T) -> T {
        {
            let mut seen = self.seen();
            seen.calls += 1;
            seen.now += 1;
            seen.most_at_once = seen.most_at_once.max(seen.now);
            if seen.paused_until.is_some_and(|until| self.clock.now() < until) {
                seen.rude.push(name);
            }
        }
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        let mut seen = self.seen();
        seen.now -= 1;
        done(&mut seen)
    }
}

#[async_trait]
impl Systems for Busy {
    fn open(&self, _: &Integration) -> Result<Arc<dyn Connector>, Fault> {
        Ok(Arc::new(self.clone()))
    }

    async fn connect(&self, _: &Integration, _: &ConnectKubernetes) -> Result<Connection, Fault> {
        Ok(Connection { settings: "{}".to_owned(), pin: "busy".to_owned() })
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

#[async_trait]
impl Connector for Busy {
    fn ends_alone(&self) -> EndsAlone {
        EndsAlone::Nothing
    }

    fn shares_effects(&self) -> bool {
        false
    }

    fn remains(&self) -> &'static [&'static str] {
        &[]
    }

    async fn pin(&self) -> Result<String, Fault> {
        Ok("busy".to_owned())
    }

    async fn check(&self) -> Result<Health, Fault> {
        self.call("check", |_| ()).await;
        Ok(Health { version: String::new(), missing_rights: Vec::new(), warnings: Vec::new() })
    }

    async fn discover(&self) -> Result<Vec<FoundType>, Fault> {
        self.call("discover", |_| ()).await;
        Ok(Vec::new())
    }

    async fn prepare(&self, _: &Order) -> Result<Before, Fault> {
        self.call("prepare", |_| ()).await;
        Ok(Before { found: Found::Absent, plan: json!({}) })
    }

    async fn apply(&self, order: &Order, _: &Before) -> Result<(), Fault> {
        self.call("apply", |seen| seen.open.insert(order.grant)).await;
        Ok(())
    }

    async fn extend(&self, _: &Order, _: &Before) -> Result<(), Fault> {
        self.call("extend", |_| ()).await;
        Ok(())
    }

    async fn target(&self, _: &Order, _: &Before) -> Result<(), Fault> {
        self.call("target", |_| ()).await;
        Ok(())
    }

    async fn probe(&self, order: &Order, _: &Before) -> Result<Probe, Fault> {
        let open = self.call("probe", |seen| seen.open.contains(&order.grant)).await;
        let said = "it said so".to_owned();
        Ok(if open { Probe::Usable(said) } else { Probe::Refused(said) })
    }

    async fn read(&self, order: &Order) -> Result<Presence, Fault> {
        let open = self.call("read", |seen| seen.open.contains(&order.grant)).await;
        Ok(if open { Presence::Ours } else { Presence::Absent })
    }

    async fn revoke(&self, order: &Order, _: &Leaving) -> Result<Revoked, Fault> {
        let until = self.clock.now() + TimeDelta::from_std(PAUSE).unwrap_or_default();
        let removed = |seen: &mut Seen| {
            seen.revokes += 1;
            if seen.revokes == seen.pause_at {
                seen.paused_until = Some(until);
                return Err(Fault::Throttled { message: "slow down".to_owned(), after: PAUSE });
            }
            Ok(seen.open.remove(&order.grant))
        };
        let there = self.call("revoke", removed).await?;
        Ok(if there { Revoked::Done } else { Revoked::AlreadyGone })
    }

    async fn mint(&self, _: &Order, until: DateTime<Utc>) -> Result<Minted, Fault> {
        Ok(Minted { token: "minted".to_owned().into(), expires_at: until })
    }

    async fn leftovers(&self, _: InstallationId) -> Result<Vec<Leftover>, Fault> {
        let open = self.call("leftovers", |seen| seen.open.clone()).await;
        let left = |grant: GrantId| Leftover {
            what: grant.to_string(),
            of: MadeFor::Grant(Some(grant)),
            place: json!(grant),
        };
        Ok(open.into_iter().map(left).collect())
    }

    async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault> {
        let gone = |seen: &mut Seen| seen.open.retain(|grant| grant.to_string() != leftover.what);
        self.call("remove", gone).await;
        Ok(Revoked::Done)
    }

    async fn endpoint(&self) -> Result<Endpoint, Fault> {
        Err(Fault::Impossible("nobody goes there".to_owned()))
    }
}
