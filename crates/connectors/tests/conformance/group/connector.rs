//! A connector to the groups, sound or with one flaw.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bellhop_connectors::{
    Connector, Endpoint, EndsAlone, Fault, FoundPermission, FoundResource, FoundType, Health,
    Leaving, Leftover, MadeFor, Minted, Order, Presence, Probe, Revoked,
};
use bellhop_domain::{Before, Clock as _, Found, GrantId, InstallationId, SystemClock};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

use super::server::KEY;
use crate::kit::http::Message;

/// What is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    RemovesStandingAccess,
    ForgetsTheOwners,
    GivesAccessInPrepare,
    IsNotIdempotent,
    ReadsAbsentOnErrors,
    ProbesRefusedOnErrors,
    CallsAPauseTrouble,
    CallsLostRightsTrouble,
    CallsTroubleFinal,
    TrustsTheAddress,
    TrustsTheTargetsName,
    ForgetsTheDeadline,
    ListsForeignLeftovers,
    ListsSomeLeftovers,
    RemovesByName,
    MintsForTooLong,
    ShowsItsKey,
    ReplacesStandingAccess,
    RemembersBetweenCalls,
    FailsWhenItIsGone,
    ExtendsWhatIsGone,
    FindsSomeTargets,
    FindsNothingOnErrors,
    KnowsTargetsByName,
    OffersItself,
}

pub(super) struct Groups {
    pub(super) address: String,
    pub(super) pin: String,
    pub(super) limit: Duration,
    pub(super) flaw: Option<Flaw>,
    /// Only the flaw remembers anything.
    pub(super) made: Mutex<BTreeSet<GrantId>>,
}

/// An answer, or what is missing.
enum Said {
    Yes(u16, Value),
    Missing,
}

impl Groups {
    fn made(&self) -> MutexGuard<'_, BTreeSet<GrantId>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Result<Said, Fault> {
        let trouble = |what: String| {
            let key = if self.has(Flaw::ShowsItsKey) { KEY } else { "" };
            let text = format!("{method} {path}: {what} {key}");
            if self.has(Flaw::CallsTroubleFinal) {
                Fault::Impossible(text)
            } else {
                Fault::Unavailable(text)
            }
        };
        let exchange = tokio::time::timeout(self.limit, self.exchange(method, path, body)).await;
        let answer = exchange.map_err(|_late| trouble("no answer".to_owned()))?;
        let answer = answer.map_err(|error| trouble(error.to_string()))?;
        let after = answer.header("retry-after").and_then(|text| text.parse().ok());
        match (answer.status(), after) {
            (429, Some(after)) if !self.has(Flaw::CallsAPauseTrouble) => Err(Fault::Throttled {
                message: "wait".to_owned(),
                after: Duration::from_secs(after),
            }),
            (403, _) if !self.has(Flaw::CallsLostRightsTrouble) => {
                Err(Fault::NotAllowed(format!("{method} {path} is not allowed")))
            }
            (404, _) => Ok(Said::Missing),
            (status @ (200..=299 | 409 | 412), _) => {
                let body = serde_json::from_slice(&answer.body);
                Ok(Said::Yes(status, body.map_err(|error| trouble(error.to_string()))?))
            }
            (status, _) => Err(trouble(status.to_string())),
        }
    }

    async fn exchange(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Message> {
        let mut request = Message::request(method, path, body.to_string().into_bytes());
        request.headers.push(("key".to_owned(), KEY.to_owned()));
        let mut stream = BufStream::new(TcpStream::connect(&self.address).await?);
        stream.write_all(&request.bytes()).await?;
        stream.flush().await?;
        let answer = Message::read(&mut stream).await?;
        answer.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
    }

    async fn get(&self, path: &str) -> Result<Option<Value>, Fault> {
        match self.call("GET", path, &Value::Null).await? {
            Said::Yes(_, value) => Ok(Some(value)),
            Said::Missing => Ok(None),
        }
    }

    /// Whether this is the system that was connected. Asked before every effect and after every
    /// "not there".
    async fn pinned(&self) -> Result<(), Fault> {
        if self.has(Flaw::TrustsTheAddress) || self.pin().await? == self.pin {
            return Ok(());
        }
        Err(Fault::WrongSystem("these are other groups".to_owned()))
    }

    /// The group, if it is there and is the one that was planned for.
    async fn group(&self, order: &Order, before: Option<&Before>) -> Result<Value, Fault> {
        let gone = || Fault::TargetGone(format!("{} is gone", order.target));
        let group = self.get(&format!("/groups/{}", order.target.resource)).await?;
        self.pinned().await?;
        let group = group.ok_or_else(gone)?;
        let same = before.is_none_or(|before| before.plan["group"] == group["id"]);
        if same || self.has(Flaw::TrustsTheTargetsName) { Ok(group) } else { Err(gone()) }
    }

    async fn join(&self, order: &Order) -> Result<(), Fault> {
        self.made().insert(order.grant);
        match self.call("PUT", &member(order), &note(order)).await? {
            Said::Missing => Err(Fault::TargetGone(format!("{} is gone", order.target))),
            Said::Yes(..) => Ok(()),
        }
    }

    /// The deadline that is noted with a membership of ours.
    async fn note_anew(&self, order: &Order, noted: &Value) -> Result<(), Fault> {
        let ours = noted["installation"] == json!(order.installation);
        if ours && *noted != note(order) && !self.has(Flaw::ForgetsTheDeadline) {
            self.call("PATCH", &member(order), &note(order)).await?;
        }
        Ok(())
    }

    async fn delete(&self, path: &str) -> Result<Revoked, Fault> {
        match self.call("DELETE", path, &Value::Null).await? {
            Said::Yes(200, _) => Ok(Revoked::Done),
            Said::Yes(..) | Said::Missing => {
                self.pinned().await?;
                if self.has(Flaw::FailsWhenItIsGone) {
                    return Err(Fault::Impossible("it is not there".to_owned()));
                }
                Ok(Revoked::AlreadyGone)
            }
        }
    }
}

fn member(order: &Order) -> String {
    format!("/groups/{}/{}", order.target.resource, order.account)
}

fn note(order: &Order) -> Value {
    let deadline = order.deadline.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({ "installation": order.installation, "deadline": deadline })
}

#[async_trait]
impl Connector for Groups {
    fn ends_alone(&self) -> EndsAlone {
        EndsAlone::Nothing
    }

    fn shares_effects(&self) -> bool {
        true
    }

    fn remains(&self) -> &'static [&'static str] {
        &[]
    }

    async fn pin(&self) -> Result<String, Fault> {
        let system = self.get("/system").await?.unwrap_or_default();
        Ok(system["id"].as_str().unwrap_or_default().to_owned())
    }

    async fn check(&self) -> Result<Health, Fault> {
        self.pinned().await?;
        self.get("/rights").await?;
        let version = "1".to_owned();
        Ok(Health { version, missing_rights: Vec::new(), warnings: Vec::new() })
    }

    async fn discover(&self) -> Result<Vec<FoundType>, Fault> {
        let answer = self.get("/names").await;
        let answer = match answer {
            Err(Fault::Unavailable(_)) if self.has(Flaw::FindsNothingOnErrors) => None,
            answer => answer?,
        };
        self.pinned().await?;
        let most = if self.has(Flaw::FindsSomeTargets) { 1 } else { usize::MAX };
        let names = answer.unwrap_or_default();
        let found = names.as_object().into_iter().flatten().take(most).map(|(name, id)| {
            let uid =
                if self.has(Flaw::KnowsTargetsByName) { name.clone() } else { id.to_string() };
            FoundResource { name: name.clone(), uid, tags: BTreeMap::new() }
        });
        let mut resources: Vec<_> = found.collect();
        if self.has(Flaw::OffersItself) {
            let (name, uid) = ("bellhop-admins".to_owned(), "0".to_owned());
            resources.push(FoundResource { name, uid, tags: BTreeMap::new() });
        }
        let permissions = vec![FoundPermission { name: "member".to_owned(), only_on: None }];
        Ok(vec![FoundType { name: "group".to_owned(), permissions, resources }])
    }

    async fn prepare(&self, order: &Order) -> Result<Before, Fault> {
        let group = self.group(order, None).await?;
        let there = group["members"].get(&order.account).is_some();
        if self.has(Flaw::GivesAccessInPrepare) {
            self.join(order).await?;
        }
        let found = if there { Found::Standing } else { Found::Absent };
        Ok(Before { found, plan: json!({ "group": group["id"] }) })
    }

    async fn apply(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        let group = self.group(order, Some(before)).await?;
        let Some(there) = group["members"].get(&order.account) else {
            if before.found == Found::Standing && !self.has(Flaw::ReplacesStandingAccess) {
                return Err(Fault::Impossible("what stood there is gone; ask again".to_owned()));
            }
            return self.join(order).await;
        };
        if self.has(Flaw::IsNotIdempotent) {
            return Err(Fault::Impossible("it is there already".to_owned()));
        }
        self.note_anew(order, &there["note"]).await
    }

    async fn extend(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        if self.has(Flaw::ExtendsWhatIsGone) {
            return self.apply(order, before).await;
        }
        let group = self.group(order, Some(before)).await?;
        match group["members"].get(&order.account) {
            Some(there) => self.note_anew(order, &there["note"]).await,
            None => Err(Fault::Impossible("somebody took it away".to_owned())),
        }
    }

    async fn target(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        self.group(order, Some(before)).await.map(drop)
    }

    async fn probe(&self, order: &Order, _: &Before) -> Result<Probe, Fault> {
        let answer = self.get(&member(order)).await;
        if answer.is_err() && self.has(Flaw::ProbesRefusedOnErrors) {
            return Ok(Probe::Refused("it seems so".to_owned()));
        }
        let answer = answer?;
        self.pinned().await?;
        let who = order.account.clone();
        Ok(if answer.is_some() { Probe::Usable(who) } else { Probe::Refused(who) })
    }

    async fn read(&self, order: &Order) -> Result<Presence, Fault> {
        let answer = self.get(&member(order)).await;
        if matches!(answer, Err(Fault::Unavailable(_))) && self.has(Flaw::ReadsAbsentOnErrors) {
            return Ok(Presence::Absent);
        }
        let answer = answer?;
        self.pinned().await?;
        Ok(if answer.is_some() { Presence::Ours } else { Presence::Absent })
    }

    async fn revoke(&self, order: &Order, leaving: &Leaving) -> Result<Revoked, Fault> {
        self.pinned().await?;
        let mut leaving = leaving.clone();
        if self.has(Flaw::ForgetsTheOwners) {
            leaving.owners.clear();
        }
        if let Some(before) =
            leaving.before.as_mut().filter(|_| self.has(Flaw::RemovesStandingAccess))
        {
            before.found = Found::Absent;
        }
        if self.has(Flaw::RemembersBetweenCalls) && !self.made().contains(&order.grant) {
            return Ok(Revoked::Kept("somebody else made it".to_owned()));
        }
        match leaving.shared_effect_stays() {
            Some(why) => Ok(Revoked::Kept(why)),
            None => self.delete(&member(order)).await,
        }
    }

    async fn mint(&self, _: &Order, until: DateTime<Utc>) -> Result<Minted, Fault> {
        self.pinned().await?;
        let extra = TimeDelta::hours(i64::from(self.has(Flaw::MintsForTooLong)));
        let token = format!("token-{}", SystemClock.now().timestamp_micros());
        Ok(Minted { token: token.into(), expires_at: until + extra })
    }

    async fn leftovers(&self, installation: InstallationId) -> Result<Vec<Leftover>, Fault> {
        let groups = self.get("/groups").await?.unwrap_or_default();
        self.pinned().await?;
        let mut left = Vec::new();
        let most = if self.has(Flaw::ListsSomeLeftovers) { 1 } else { usize::MAX };
        for (group, members) in groups.as_object().into_iter().flatten().take(most) {
            for (account, member) in members.as_object().into_iter().flatten() {
                let marked = &member["note"]["installation"];
                let foreign = self.has(Flaw::ListsForeignLeftovers) && !marked.is_null();
                if *marked != json!(installation) && !foreign {
                    continue;
                }
                left.push(Leftover {
                    what: format!("{account} in {group}"),
                    of: MadeFor::Lane { target: super::target(group), account: account.clone() },
                    place: json!({ "path": format!("/groups/{group}/{account}"), "id": member["id"] }),
                });
            }
        }
        Ok(left)
    }

    async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault> {
        self.pinned().await?;
        let path = leftover.place["path"].as_str().unwrap_or_default();
        if self.has(Flaw::RemovesByName) {
            return self.delete(path).await;
        }
        self.delete(&format!("{path}?{}", leftover.place["id"])).await
    }

    async fn endpoint(&self) -> Result<Endpoint, Fault> {
        Ok(Endpoint { server: self.address.clone(), ca: None, tls_server_name: None })
    }
}
