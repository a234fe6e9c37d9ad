//! A sound connector to the systems: what Bellhop does with its answers is what is under test.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use async_trait::async_trait;
use bellhop_connectors::{
    Account, Connector, Endpoint, EndsAlone, Fault, FoundType, Health, Leaving, Leftover, MadeFor,
    Minted, Order, Presence, Probe, Revoked,
};
use bellhop_domain::{Before, Found, InstallationId, Target};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::commands::Trouble;
use crate::outside::{By, Outside, Place, State, Thing};

/// A late call that may have removed anything.
pub(crate) const ANYTHING: &str = "anything";

/// The way to one system.
pub(crate) struct Wire {
    pub(crate) outside: Outside,
    pub(crate) system: String,
    /// The one that was connected.
    pub(crate) pin: String,
}

impl Wire {
    /// Whether all grants of a lane have one effect between them.
    fn shared(&self) -> bool {
        self.system == "groups"
    }

    /// One call for `order`; for none when it is about the whole system.
    async fn call<T: Send>(
        &self,
        order: Option<&Order>,
        act: impl FnOnce(&mut State) -> Result<T, Fault> + Send,
    ) -> Result<T, Fault> {
        let trouble = {
            let mut state = self.outside.state();
            let (answers, _) = state.here(&self.system);
            if answers != self.pin {
                return Err(Fault::WrongSystem(format!("{answers} answers, and not {}", self.pin)));
            }
            state.trouble.get_mut(&self.system).and_then(VecDeque::pop_front)
        };
        let act = |lags: bool| {
            let mut state = self.outside.state();
            state.lags = lags;
            act(&mut state)
        };
        let unavailable = || Err::<T, _>(Fault::Unavailable("no answer".to_owned()));
        match trouble {
            None => act(false),
            Some(Trouble::Lags) => act(true),
            Some(Trouble::Lost) => unavailable(),
            Some(Trouble::LostReply) => {
                drop(act(false));
                unavailable()
            }
            Some(Trouble::Throttled) => {
                let after = Duration::from_secs(7);
                Err(Fault::Throttled { message: "wait".to_owned(), after })
            }
            Some(Trouble::NotAllowed) => Err(Fault::NotAllowed("no right to".to_owned())),
            Some(Trouble::HangsBefore) => {
                if !self.outside.hang().await {
                    return unavailable();
                }
                self.late(order);
                act(false)
            }
            Some(Trouble::HangsAfter) => {
                let answer = act(false);
                if self.outside.hang().await { answer } else { unavailable() }
            }
        }
    }

    /// What comes takes effect after its caller may have been given up.
    fn late(&self, order: Option<&Order>) {
        let mut state = self.outside.state();
        let lane = order.map(|order| format!("{}@{}", order.target, order.account));
        state.late.extend(lane);
        state.meddled.insert(order.map_or_else(|| ANYTHING.to_owned(), |o| o.account.clone()));
    }

    fn place<'a>(&self, state: &'a mut State) -> &'a mut Place {
        state.places.entry(self.pin.clone()).or_default()
    }

    /// The grant's own object, or the effect that it shares.
    fn own<'a>(&self, place: &'a Place, order: &Order) -> Option<&'a Thing> {
        let target = order.target.to_string();
        place.things.iter().find(|thing| {
            let same = self.shared() || thing.by == By::Us(Some(order.grant));
            same && thing.gives(&target, &order.account)
        })
    }
}

/// The target, if it is there and is the one that was planned for.
fn planned(place: &Place, order: &Order, before: Option<&Before>) -> Result<u32, Fault> {
    let gone = || Fault::TargetGone(format!("{} is gone", order.target));
    let made = *place.resources.get(&resource(&order.target)).ok_or_else(gone)?;
    let same = before.is_none_or(|before| before.plan == json!(made));
    if same { Ok(made) } else { Err(gone()) }
}

/// The name of a target without its permission.
fn resource(target: &Target) -> String {
    format!("{}/{}/{}", target.integration, target.resource_type, target.resource)
}

/// Removes an account, and what names it once that is on record; what there is, before that.
fn remove_account(
    place: &mut Place,
    account: &str,
    recorded: &BTreeSet<String>,
) -> Result<(), BTreeSet<String>> {
    let named = place.things.iter().filter(|thing| thing.account == account);
    let others: BTreeSet<_> =
        named.map(|thing| format!("{:?} {}", thing.by, thing.target)).collect();
    if !others.is_subset(recorded) {
        return Err(others);
    }
    drop_account(place, account);
    Ok(())
}

fn drop_account(place: &mut Place, account: &str) {
    place.accounts.remove(account);
    place.things.retain(|thing| thing.account != account);
}

#[async_trait]
impl Connector for Wire {
    fn ends_alone(&self) -> EndsAlone {
        EndsAlone::Nothing
    }

    fn shares_effects(&self) -> bool {
        self.shared()
    }

    fn remains(&self) -> &'static [&'static str] {
        &[]
    }

    async fn pin(&self) -> Result<String, Fault> {
        Ok(self.pin.clone())
    }

    async fn check(&self) -> Result<Health, Fault> {
        let (answers, _) = self.outside.state().here(&self.system);
        if answers != self.pin {
            return Err(Fault::WrongSystem(format!("{answers} answers, and not {}", self.pin)));
        }
        Ok(Health { version: "1".to_owned(), missing_rights: Vec::new(), warnings: Vec::new() })
    }

    async fn discover(&self) -> Result<Vec<FoundType>, Fault> {
        let (answers, _) = self.outside.state().here(&self.system);
        if answers != self.pin {
            return Err(Fault::WrongSystem(format!("{answers} answers, and not {}", self.pin)));
        }
        Ok(Vec::new())
    }

    async fn prepare(&self, order: &Order) -> Result<Before, Fault> {
        self.call(Some(order), |state| {
            let place = self.place(state);
            let plan = json!(planned(place, order, None)?);
            let there = self.shared() && self.own(place, order).is_some();
            if !self.shared() {
                place.accounts.insert(order.account.clone());
            }
            Ok(Before { found: if there { Found::Standing } else { Found::Absent }, plan })
        })
        .await
    }

    async fn apply(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        self.call(Some(order), |state| {
            let lags = state.lags;
            let place = self.place(state);
            planned(place, order, Some(before))?;
            match self.own(place, order) {
                Some(thing) if thing.changed => Err(Fault::Impossible("changed".to_owned())),
                Some(_) => Ok(()),
                None if before.found == Found::Standing => {
                    Err(Fault::Impossible("what stood there is gone".to_owned()))
                }
                None if lags => Ok(()),
                None => {
                    let by = By::Us((!self.shared()).then_some(order.grant));
                    let (target, account) = (order.target.to_string(), order.account.clone());
                    state.put(&self.pin, Thing { id: 0, by, target, account, changed: false });
                    Ok(())
                }
            }
        })
        .await
    }

    async fn extend(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        self.call(Some(order), |state| {
            let place = self.place(state);
            planned(place, order, Some(before))?;
            match self.own(place, order) {
                Some(thing) if !thing.changed => Ok(()),
                _ => Err(Fault::Impossible("not what was made".to_owned())),
            }
        })
        .await
    }

    async fn target(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        self.call(Some(order), |state| planned(self.place(state), order, Some(before)).map(drop))
            .await
    }

    async fn probe(&self, order: &Order, _: &Before) -> Result<Probe, Fault> {
        self.call(Some(order), |state| {
            let lags = state.lags;
            let place = self.place(state);
            let target = order.target.to_string();
            let there = self.shared() || place.accounts.contains(&order.account);
            let mut all = place.things.iter().filter(|t| t.gives(&target, &order.account));
            let answer = match (self.own(place, order), all.next()) {
                (Some(_), _) if !there => Probe::NotYet("no account".to_owned()),
                _ if order.target.resource == "b" => Probe::NothingToAsk("nothing".to_owned()),
                (Some(_), _) if lags => Probe::NotYet("not yet".to_owned()),
                (Some(own), _) if own.changed => Probe::NotYet("something else".to_owned()),
                (Some(_), _) => Probe::Usable("it may".to_owned()),
                (None, Some(other)) => Probe::Covered(format!("{:?}", other.by)),
                (None, None) => Probe::Refused("it may not".to_owned()),
            };
            state.probed.insert(order.grant, answer.clone());
            Ok(answer)
        })
        .await
    }

    async fn read(&self, order: &Order) -> Result<Presence, Fault> {
        self.call(Some(order), |state| {
            Ok(match self.own(self.place(state), order) {
                None => Presence::Absent,
                Some(thing) if thing.changed => Presence::Changed("it gives more".to_owned()),
                Some(_) => Presence::Ours,
            })
        })
        .await
    }

    async fn revoke(&self, order: &Order, leaving: &Leaving) -> Result<Revoked, Fault> {
        self.call(Some(order), |state| {
            if state.lags {
                return Ok(Revoked::Done);
            }
            let stays = leaving.shared_effect_stays().filter(|_| self.shared());
            if let Some(why) = stays {
                return Ok(Revoked::Kept(why));
            }
            let place = self.place(state);
            let own = self.own(place, order).map(|thing| thing.id);
            place.things.retain(|thing| Some(thing.id) != own);
            if leaving.account == Account::Remove && !self.shared() {
                let removed = remove_account(place, &order.account, &leaving.recorded);
                if let Err(others) = removed {
                    return Ok(Revoked::Others(others));
                }
            }
            Ok(if own.is_some() { Revoked::Done } else { Revoked::AlreadyGone })
        })
        .await
    }

    async fn mint(&self, _: &Order, until: DateTime<Utc>) -> Result<Minted, Fault> {
        Ok(Minted { token: "minted".to_owned().into(), expires_at: until })
    }

    async fn leftovers(&self, _: InstallationId) -> Result<Vec<Leftover>, Fault> {
        self.call(None, |state| {
            let place = self.place(state);
            let things = place.things.iter().filter_map(|thing| {
                let By::Us(grant) = thing.by else { return None };
                let of = if self.shared() {
                    let target = thing.target.parse().expect("a target");
                    MadeFor::Lane { target, account: thing.account.clone() }
                } else {
                    MadeFor::Grant(grant)
                };
                Some(Leftover { what: thing.lane(), of, place: json!(thing.id) })
            });
            let accounts = place.accounts.iter().map(|name| Leftover {
                what: name.clone(),
                of: MadeFor::Account(name.clone()),
                place: json!(null),
            });
            Ok(things.chain(accounts).collect())
        })
        .await
    }

    async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault> {
        self.call(None, |state| {
            let place = self.place(state);
            if let MadeFor::Account(name) = &leftover.of {
                drop_account(place, name);
            }
            place.things.retain(|thing| leftover.place != json!(thing.id));
            Ok(Revoked::Done)
        })
        .await
    }

    async fn endpoint(&self) -> Result<Endpoint, Fault> {
        Ok(Endpoint { server: "https://one".to_owned(), ca: None, tls_server_name: None })
    }
}
