//! Two connected systems: one with an object a grant, and one whose grants share an effect, the
//! membership of a group. Around each call, and in the middle of it, the process may end.

use std::sync::Arc;

use async_trait::async_trait;
use bellhop_api::{ConnectKubernetes, Disconnect, ManifestQuery};
use bellhop_connectors::{
    Account, Connector, Endpoint, EndsAlone, Fault, FoundResource, FoundType, Health, Leaving,
    Leftover, MadeFor, Minted, Order, Presence, Preview, Probe, Revoked,
};
use bellhop_domain::{Before, Found, GrantId, InstallationId};
use bellhop_server::app::{Connection, Systems};
use bellhop_store::integrations::Integration;
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::outside::Outside;
use crate::points::reached;

/// The integration with an object a grant. Nobody can make "broken" there, and the first try to
/// take "sticky" away fails.
pub(crate) const OBJECTS: &str = "objects";
/// The integration with a shared effect. Whoever asks for "standing" is in that group already.
pub(crate) const GROUPS: &str = "groups";

/// Opens both.
#[derive(Clone)]
pub(crate) struct Both(pub(crate) Outside);

struct System {
    outside: Outside,
    shared: bool,
}

impl System {
    /// What a grant's effect is called.
    fn effect(&self, order: &Order) -> String {
        let Order { grant, target, account, .. } = order;
        if self.shared {
            format!("member {target} {account}")
        } else {
            format!("object {grant} {target} {account}")
        }
    }

    fn holds(&self, order: &Order) -> bool {
        self.outside.has(&self.effect(order)) || self.outside.has(&standing(order))
    }
}

fn standing(order: &Order) -> String {
    format!("standing {} {}", order.target, order.account)
}

/// One call. What has an effect has it before the middle, when the answer is not yet on its way;
/// what has two, one on either side.
fn call<T>(name: &str, first: impl FnOnce() -> T, then: impl FnOnce(&T)) -> T {
    reached(&format!("before {name}"));
    let done = first();
    reached(&format!("during {name}"));
    then(&done);
    reached(&format!("after {name}"));
    done
}

#[async_trait]
impl Systems for Both {
    fn open(&self, integration: &Integration) -> Result<Arc<dyn Connector>, Fault> {
        let shared = integration.name == GROUPS;
        Ok(Arc::new(System { outside: self.0.clone(), shared }))
    }

    async fn connect(
        &self,
        integration: &Integration,
        _: &ConnectKubernetes,
    ) -> Result<Connection, Fault> {
        Ok(Connection { settings: "{}".to_owned(), pin: integration.name.clone() })
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
impl Connector for System {
    fn ends_alone(&self) -> EndsAlone {
        EndsAlone::Nothing
    }

    fn shares_effects(&self) -> bool {
        self.shared
    }

    fn remains(&self) -> &'static [&'static str] {
        &[]
    }

    async fn pin(&self) -> Result<String, Fault> {
        Ok(if self.shared { GROUPS } else { OBJECTS }.to_owned())
    }

    async fn check(&self) -> Result<Health, Fault> {
        let health =
            || Health { version: String::new(), missing_rights: Vec::new(), warnings: Vec::new() };
        Ok(call("check", health, |_| {}))
    }

    async fn discover(&self) -> Result<Vec<FoundType>, Fault> {
        let resources = ["r1", "r2"].map(|name| FoundResource {
            name: name.to_owned(),
            uid: name.to_owned(),
            tags: std::collections::BTreeMap::default(),
        });
        let (name, resources) = ("role".to_owned(), resources.to_vec());
        let found = || vec![FoundType { name, permissions: Vec::new(), resources }];
        Ok(call("discover", found, |_| {}))
    }

    async fn prepare(&self, order: &Order) -> Result<Before, Fault> {
        let looked = || {
            if self.shared && order.target.resource == "standing" {
                self.outside.put(&standing(order));
            }
            if self.holds(order) { Found::Standing } else { Found::Absent }
        };
        let found = call("prepare", looked, |_| {
            if !self.shared {
                self.outside.put(&format!("account {}", order.account));
            }
        });
        Ok(Before { found, plan: json!({}) })
    }

    async fn apply(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        let made = || {
            if order.target.resource == "broken" {
                return Err(Fault::Impossible("nobody can make this".to_owned()));
            }
            if before.found == Found::Absent {
                self.outside.put(&self.effect(order));
            } else if !self.holds(order) {
                return Err(Fault::Impossible("what stood there is gone".to_owned()));
            }
            Ok(())
        };
        call("apply", made, |_| {
            self.outside.note(&format!("until {} {}", order.grant, order.deadline.timestamp()));
        })
    }

    async fn extend(&self, order: &Order, _: &Before) -> Result<(), Fault> {
        let there = || {
            let gone = Fault::Impossible("somebody took it away".to_owned());
            if self.holds(order) { Ok(()) } else { Err(gone) }
        };
        call("extend", there, |_| {
            self.outside.note(&format!("until {} {}", order.grant, order.deadline.timestamp()));
        })
    }

    async fn target(&self, _: &Order, _: &Before) -> Result<(), Fault> {
        call("target", || Ok(()), |_| {})
    }

    async fn probe(&self, order: &Order, _: &Before) -> Result<Probe, Fault> {
        let asked = || {
            let said = "it said so".to_owned();
            if self.holds(order) { Probe::Usable(said) } else { Probe::Refused(said) }
        };
        Ok(call("probe", asked, |_| {}))
    }

    async fn read(&self, order: &Order) -> Result<Presence, Fault> {
        let looked = || if self.holds(order) { Presence::Ours } else { Presence::Absent };
        Ok(call("read", looked, |_| {}))
    }

    async fn revoke(&self, order: &Order, leaving: &Leaving) -> Result<Revoked, Fault> {
        let failing = format!("failed once {}", order.grant);
        let taken = || {
            if order.target.resource == "sticky" && !self.outside.noted(&failing) {
                self.outside.note(&failing);
                return Err(Fault::Unavailable("not now".to_owned()));
            }
            if let Some(why) = leaving.shared_effect_stays().filter(|_| self.shared) {
                return Ok(Revoked::Kept(why));
            }
            let there = self.outside.take(&self.effect(order));
            Ok(if there { Revoked::Done } else { Revoked::AlreadyGone })
        };
        call("revoke", taken, |taken| {
            if taken.is_ok() && leaving.account == Account::Remove {
                self.outside.take(&format!("account {}", order.account));
            }
        })
    }

    async fn mint(&self, _: &Order, until: DateTime<Utc>) -> Result<Minted, Fault> {
        Ok(Minted { token: "minted".to_owned().into(), expires_at: until })
    }

    async fn leftovers(&self, _: InstallationId) -> Result<Vec<Leftover>, Fault> {
        let listed = || {
            let there = self.outside.there();
            there.iter().filter_map(|thing| leftover(self.shared, thing)).collect()
        };
        Ok(call("leftovers", listed, |_| {}))
    }

    async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault> {
        let taken = || self.outside.take(&leftover.what);
        let there = call("remove", taken, |_| {});
        Ok(if there { Revoked::Done } else { Revoked::AlreadyGone })
    }

    async fn endpoint(&self) -> Result<Endpoint, Fault> {
        Err(Fault::Impossible("nobody goes there".to_owned()))
    }
}

/// What carries our mark in one of the systems; standing access does not.
fn leftover(shared: bool, thing: &str) -> Option<Leftover> {
    let words: Vec<&str> = thing.split(' ').collect();
    let of = match words.as_slice() {
        ["object", grant, ..] if !shared => MadeFor::Grant(grant.parse().ok().map(GrantId)),
        ["account", name] if !shared => MadeFor::Account((*name).to_owned()),
        ["member", target, account] if shared => {
            MadeFor::Lane { target: target.parse().ok()?, account: (*account).to_owned() }
        }
        _ => return None,
    };
    Some(Leftover { what: thing.to_owned(), of, place: json!(thing) })
}
