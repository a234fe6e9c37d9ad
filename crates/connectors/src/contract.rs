//! What every connector can do, and nothing about how.
//!
//! A connector is called outside every transaction, may be called again after any failure, and
//! never remembers anything between calls: what it needs is in the [`Order`].

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use bellhop_domain::{Before, Found, GrantId, InstallationId, Target};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

use crate::{Diagnosis, Fault};

/// One kind of system, connected.
#[async_trait]
pub trait Connector: Send + Sync + 'static {
    /// What still ends at the deadline when Bellhop is off.
    fn ends_alone(&self) -> EndsAlone;

    /// What can outlive the end of a grant, each in words; shown wherever a grant is. Access that
    /// was opened before and goes on without being asked about again belongs here, and so does what
    /// the grantee could take along.
    fn remains(&self) -> &'static [&'static str];

    /// Whether all grants of a lane have one effect between them, as in a group, rather than an
    /// object each.
    fn shares_effects(&self) -> bool;

    /// Which system this is, by an id that the system keeps for life.
    async fn pin(&self) -> Result<String, Fault>;

    /// Whether the system answers, and which of the rights that Bellhop needs are missing.
    async fn check(&self) -> Result<Health, Fault>;

    /// A closer look for whoever searches for a fault: what could not be looked at is part of the
    /// answer. A system that knows no other installations and needs nothing of a shell has nothing
    /// to say.
    async fn diagnose(&self, _installation: InstallationId) -> Diagnosis {
        Diagnosis::default()
    }

    /// What can be asked for there: the complete list from the right system, or an error. Nothing
    /// of Bellhop's own is in it, and at most [`MOST_RESOURCES`] resources are.
    async fn discover(&self) -> Result<Vec<FoundType>, Fault>;

    /// Reads what the person holds already, and chooses how the grant will be shown to work. May
    /// make things that give no access by themselves, such as an account.
    ///
    /// Where the effect is shared, `Found::Standing` says no more than that it is there: who made
    /// it is not known here. The caller corrects that by [`found_in_lane`] before it is recorded.
    async fn prepare(&self, order: &Order) -> Result<Before, Fault>;

    /// Makes the access. "Already there" is a success, and moves at the most the deadline that is
    /// noted there. A shared effect that was found `Standing` and is gone by now is
    /// [`Fault::Impossible`]: what would be made in its place, nothing would ever remove.
    async fn apply(&self, order: &Order, before: &Before) -> Result<(), Fault>;

    /// Notes a deadline that moved with what is there, where anything is noted. What somebody took
    /// away or changed meanwhile is [`Fault::Impossible`] or [`Fault::TargetGone`], and is not made
    /// again.
    async fn extend(&self, order: &Order, before: &Before) -> Result<(), Fault>;

    /// Whether what was planned for is still there: [`Fault::TargetGone`] when it was deleted, or
    /// made again under the same name. Tells `gone` from `drift` once a read says absent.
    async fn target(&self, order: &Order, before: &Before) -> Result<(), Fault>;

    /// Asks the system, as the grantee, whether the access works.
    async fn probe(&self, order: &Order, before: &Before) -> Result<Probe, Fault>;

    /// Whether the grant's own object is there.
    async fn read(&self, order: &Order) -> Result<Presence, Fault>;

    /// Takes the access away; then, when `leaving` says so, the account. Never takes standing
    /// access, and never what another live grant of the lane needs. "Already gone" is a success.
    async fn revoke(&self, order: &Order, leaving: &Leaving) -> Result<Revoked, Fault>;

    /// Mints a credential for the account of `order`, good until `until` at the most (systems
    /// with a shortest lifetime may exceed it; the answer says so).
    async fn mint(&self, order: &Order, until: DateTime<Utc>) -> Result<Minted, Fault>;

    /// Everything there that carries this installation's mark: the complete list from the right
    /// system, or an error. Another installation's objects are never in it.
    async fn leftovers(&self, installation: InstallationId) -> Result<Vec<Leftover>, Fault>;

    /// Removes one of them: the very object that was listed, not one that took its name since.
    async fn remove(&self, leftover: &Leftover) -> Result<Revoked, Fault>;

    /// What a client needs to reach the system, without anything secret.
    async fn endpoint(&self) -> Result<Endpoint, Fault>;
}

/// The most resources that one system may have. More are an error, so that a list is never kept
/// for a complete one, and nobody can fill the memory.
pub const MOST_RESOURCES: usize = 100_000;
/// The most tags that are kept of one resource, in the order of their names.
pub const MOST_TAGS: usize = 32;

/// A resource type of a system, with all that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundType {
    /// Its name, such as `namespace`.
    pub name: String,
    /// What may be had on its resources.
    pub permissions: Vec<FoundPermission>,
    /// The resources, in no order.
    pub resources: Vec<FoundResource>,
}

/// A permission that is offered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundPermission {
    /// Its name, such as `edit`.
    pub name: String,
    /// The one resource that it is offered on; all of the type when empty.
    pub only_on: Option<String>,
}

/// A resource that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundResource {
    /// Its name.
    pub name: String,
    /// Which very one it is, by an id that the system gives to no other.
    pub uid: String,
    /// What people sort it by there: labels, at most [`MOST_TAGS`].
    pub tags: BTreeMap<String, String>,
}

/// One grant, as a connector sees it.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose objects these are.
    pub installation: InstallationId,
    /// The grant; its objects are named after it.
    pub grant: GrantId,
    /// What is granted.
    pub target: Target,
    /// The identity that it is granted to: a name made at random and never used twice.
    pub account: String,
    /// When it ends.
    pub deadline: DateTime<Utc>,
}

/// What a grant that ends leaves behind, as it is stored.
///
/// A *lane* is one target for one account. Where each grant has an object of its own (Kubernetes,
/// a database role) nothing is shared, and a connector looks at `account` alone. Where all grants
/// of a lane have one effect between them (the membership of a group), the last one out removes it:
/// only with no `owners`, and only when nothing stood there before the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// What to do with the account.
    pub account: Account,
    /// The other grants of the lane that still need the effect.
    pub owners: Vec<GrantId>,
    /// What was recorded before this grant's first effect; nothing when it never had one. Without
    /// a record, a shared effect is not this grant's and stays.
    pub before: Option<Before>,
    /// What somebody else gave to the account and is on record: it goes along.
    pub recorded: BTreeSet<String>,
}

impl Leaving {
    /// Why a shared effect has to stay; nothing when this grant is the one to remove it.
    pub fn shared_effect_stays(&self) -> Option<String> {
        let owners: Vec<String> = self.owners.iter().map(ToString::to_string).collect();
        match &self.before {
            _ if !owners.is_empty() => Some(format!("grant {}", owners.join(", grant "))),
            Some(before) if before.found == Found::Absent => None,
            Some(_) => Some("access that stood before Bellhop".to_owned()),
            None => Some("access that this grant did not make".to_owned()),
        }
    }
}

/// What stood in a lane before Bellhop, when `prepare` just found `seen` and the grants of the lane
/// that may still have their effect there recorded `owners`.
///
/// What such a grant made is there for `prepare` to find, and is not standing access: if any of
/// them recorded that nothing was there, then nothing was. Otherwise it is as it was seen.
pub fn found_in_lane(seen: Found, owners: impl IntoIterator<Item = Found>) -> Found {
    if owners.into_iter().any(|found| found == Found::Absent) { Found::Absent } else { seen }
}

/// What to do with the account after a revoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Other grants still use it.
    Keep,
    /// This was its last grant.
    Remove,
}

/// What a revoke did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// It was there and was removed.
    Done,
    /// It was not there any more.
    AlreadyGone,
    /// The grant's own is gone, and nothing else was touched. Somebody else gave the same account
    /// more, of which not all is in [`Leaving::recorded`]: this is all of it.
    Others(BTreeSet<String>),
    /// It stays, and this grant is over: other live grants of the lane need it, or it stood there
    /// before. Says which.
    Kept(String),
}

/// Whether a grant's own object, or the effect that it shares, is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is there.
    Ours,
    /// It is there, and somebody changed what it gives or to whom: how.
    Changed(String),
    /// A complete, successful read from the right system says that it is not.
    Absent,
}

/// An object that this installation made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// What and where it is, in words.
    pub what: String,
    /// What it was made for.
    pub of: MadeFor,
    /// The connector's own note of which object it is.
    pub place: Value,
}

/// What an object was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeFor {
    /// This grant; nothing when its mark was changed to something else.
    Grant(Option<GrantId>),
    /// Whatever grants there are of this target for this account: a shared effect.
    Lane {
        /// What is granted.
        target: Target,
        /// To whom.
        account: String,
    },
    /// The account of this name.
    Account(String),
}

/// What the system says to the grantee. Each carries what was asked and answered, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Everything chosen in `prepare` is allowed.
    Usable(String),
    /// Not (all) allowed yet.
    NotYet(String),
    /// Nothing of it is allowed.
    Refused(String),
    /// The system was not asked as the grantee: the grant adds nothing that could be asked for.
    NothingToAsk(String),
    /// Gone, but other access of the same account explains that it is still allowed.
    Covered(String),
}

/// What still ends at the deadline when Bellhop is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndsAlone {
    /// Everything, at most this many seconds late.
    All {
        /// Seconds after the deadline.
        at_most_late: u32,
    },
    /// New sign-ins; what is open stays open.
    NewSignIns,
    /// Nothing.
    Nothing,
}

/// How a connected system is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What the system calls its version.
    pub version: String,
    /// The rights that Bellhop lacks there, each by name; empty when all is well.
    pub missing_rights: Vec<String>,
    /// What works today and will not go on working: each says until when, and what to do.
    pub warnings: Vec<String>,
}

/// A credential, minted on demand and stored nowhere.
#[derive(Debug)]
pub struct Minted {
    /// The secret.
    pub token: SecretString,
    /// When the system stops taking it.
    pub expires_at: DateTime<Utc>,
}

/// How a client reaches a system. Typed fields only: nothing here is a command or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://…`
    pub server: String,
    /// The certificate authority to trust, PEM in base64, when it is not a public one.
    pub ca: Option<String>,
    /// Name to expect in the server's certificate, when it is not the host's.
    pub tls_server_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn t11_what_a_live_grant_of_the_lane_made_is_not_standing_access() {
        use Found::{Absent, Standing};
        assert_eq!(found_in_lane(Standing, []), Standing);
        assert_eq!(found_in_lane(Standing, [Standing, Standing]), Standing);
        assert_eq!(found_in_lane(Standing, [Standing, Absent]), Absent);
        assert_eq!(found_in_lane(Absent, [Standing]), Absent);
    }

    #[test]
    fn t11_only_the_last_one_out_removes_and_only_what_was_not_there_before() {
        let leaving = |owners: &[u128], found: Option<Found>| Leaving {
            account: Account::Keep,
            owners: owners.iter().map(|id| GrantId(Uuid::from_u128(*id))).collect(),
            before: found.map(|found| Before { found, plan: Value::Null }),
            recorded: BTreeSet::new(),
        };
        let stays = |one: Leaving| one.shared_effect_stays();
        assert_eq!(stays(leaving(&[], Some(Found::Absent))), None);
        assert!(stays(leaving(&[7], Some(Found::Absent))).unwrap().contains("grant"));
        assert!(stays(leaving(&[], Some(Found::Standing))).unwrap().contains("stood before"));
        assert!(stays(leaving(&[], None)).unwrap().contains("did not make"));
    }
}
