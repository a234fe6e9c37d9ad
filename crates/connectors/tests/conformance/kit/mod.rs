//! The suite: every sentence of the contract, and every fault at every call.
//!
//! A check answers what it found wrong, so that the kit itself can be tested: connectors that are
//! broken on purpose must not pass (`group/flaws.rs`).

/// Ends the check when something is not as the contract says.
macro_rules! want {
    ($yes:expr, $($said:tt)+) => {
        if !$yes {
            return Err(format!($($said)+));
        }
    };
}

/// The suite on one kind of system: `$start` makes a system, or nothing when there is none to test
/// on. Every test has one of its own.
macro_rules! conforms {
    ($start:expr) => {
        #[tokio::test]
        async fn a_grant_lives_as_the_contract_says() {
            $crate::kit::holds($start.await, &["life", "deadline", "mint"]).await;
        }

        #[tokio::test]
        async fn t10_already_granted_already_revoked_target_gone_rights_lost() {
            $crate::kit::holds($start.await, &["by_hand", "target_gone", "rights"]).await;
        }

        #[tokio::test]
        async fn what_can_be_asked_for_is_found_and_nothing_else() {
            $crate::kit::holds($start.await, &["discover"]).await;
        }

        #[tokio::test]
        async fn t11_overlaps_and_standing_access_and_two_installations() {
            let names = ["standing", "overlaps", "account", "neighbours"];
            $crate::kit::holds($start.await, &names).await;
        }

        #[tokio::test]
        async fn p25_only_what_is_ours_and_only_from_the_right_system() {
            $crate::kit::holds($start.await, &["leftovers", "wrong_system"]).await;
        }

        #[tokio::test]
        async fn p27_a_lost_reply_never_makes_a_grant_look_like_standing_access() {
            $crate::kit::holds($start.await, &["lost_reply"]).await;
        }

        #[tokio::test]
        async fn t10_every_fault_at_every_call_that_changes_something() {
            $crate::kit::faults::survived($start.await, true).await;
        }

        #[tokio::test]
        async fn t10_every_fault_at_every_call_that_looks_at_something() {
            $crate::kit::faults::survived($start.await, false).await;
        }

        #[tokio::test]
        async fn t11_random_sequences_of_operations_and_faults_leave_nothing() {
            $crate::kit::random::survived($start.await, 0..200).await;
        }
    };
}
pub(crate) use conforms;

pub(crate) mod call;
mod discovery;
pub(crate) mod faults;
pub(crate) mod http;
mod ledger;
mod life;
mod limits;
mod neighbours;
mod overlaps;
pub(crate) mod proxy;
pub(crate) mod random;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bellhop_connectors::{Connector, Fault, Order, Presence, Probe};
use bellhop_domain::ids::uuid_at;
use bellhop_domain::{Before, Clock as _, GrantId, InstallationId, SystemClock, Target};
use chrono::{DateTime, TimeDelta};
use futures::future::BoxFuture;
use serde_json::Value;

use crate::real::random_bytes;
use ledger::Ledger;
use proxy::{Elsewhere, Proxy};

/// Nothing, or what is not as the contract says.
pub(crate) type Checked = Result<(), String>;

/// How long a call may take, where nothing is meant to be slow.
pub(crate) const PATIENT: Duration = Duration::from_secs(10);
/// Where an answer is held back on purpose.
pub(crate) const HASTY: Duration = Duration::from_millis(200);
/// How long the real system may take to follow.
const SETTLED: Duration = Duration::from_secs(5);

/// A connected system: the connector under test, and what can be seen and done beside it.
#[async_trait]
pub(crate) trait System: Send + Sync {
    /// A connector as it is after a start of the program. Its calls go through [`System::proxy`],
    /// and each may take `limit`.
    fn open(&self, limit: Duration) -> Arc<dyn Connector>;
    /// What stands between connector and system.
    fn proxy(&self) -> &Proxy;
    /// Whose objects the connector makes.
    fn installation(&self) -> InstallationId;
    /// Another installation, connected to the same system.
    async fn neighbour(&self) -> Box<dyn System>;

    /// Whether all grants of a lane have one effect between them.
    fn is_shared(&self) -> bool;
    /// The shortest life of a credential, as documented.
    fn shortest_mint(&self) -> TimeDelta;
    /// What must never be read in a text.
    fn secrets(&self) -> Vec<String>;
    /// The body with which the system refuses.
    fn refusal(&self, status: u16) -> Vec<u8>;
    /// How another system of this kind answers, which holds nothing that is asked for.
    fn elsewhere(&self) -> Arc<Elsewhere>;

    /// A target that is there.
    fn target(&self) -> Target;
    /// Another one.
    fn second_target(&self) -> Target;
    /// A name for an account that nobody had before.
    fn account(&self) -> String;

    /// How many objects are really there for this grant, or for its lane when they share.
    async fn effects(&self, order: &Order) -> usize;
    /// Whether the system lets the account in.
    async fn works(&self, order: &Order) -> bool;
    /// Whether the account is there; nothing when accounts are not Bellhop's.
    async fn has_account(&self, account: &str) -> Option<bool>;
    /// The deadline that is noted with the effect, and all the rest of the object.
    async fn noted(&self, order: &Order) -> (String, Value);

    /// Somebody removes the effect by hand.
    async fn take_away(&self, order: &Order);
    /// Somebody changes it by hand; false when there is nothing in it that could be changed.
    async fn change(&self, order: &Order) -> bool;
    /// Somebody gives the account the same by hand.
    async fn stand(&self, order: &Order);
    /// Whether that is still there.
    async fn stands(&self, order: &Order) -> bool;
    /// Somebody takes that back.
    async fn stand_down(&self, order: &Order);
    /// Somebody makes an object beside the grant's that has nothing to do with Bellhop.
    async fn make_unrelated(&self, target: &Target);
    /// Whether that is still there.
    async fn has_unrelated(&self, target: &Target) -> bool;
    /// Makes a target of this kind, or makes it again.
    async fn make_target(&self) -> Target;
    /// Deletes it, and waits until it is gone.
    async fn delete_target(&self, target: &Target);
    /// Bellhop's own rights are given, or taken; waits until that has taken effect.
    async fn set_rights(&self, given: bool);
    /// The test is over: removes what the installation itself left there.
    async fn leave(&self);
}

/// What a check works with.
pub(crate) struct Kit<'a> {
    pub(crate) system: &'a dyn System,
    /// A connector that has been in use for a while.
    pub(crate) warm: Arc<dyn Connector>,
}

impl<'a> Kit<'a> {
    pub(crate) fn new(system: &'a dyn System) -> Self {
        Self { system, warm: system.open(PATIENT) }
    }

    pub(crate) fn order(&self, target: &Target, account: &str) -> Order {
        let now = SystemClock.now();
        Order {
            installation: self.system.installation(),
            grant: GrantId(uuid_at(now, random_bytes())),
            target: target.clone(),
            account: account.to_owned(),
            deadline: DateTime::from_timestamp(now.timestamp() + 3_600, 0).unwrap_or(now),
        }
    }

    /// A grant to an account of its own.
    pub(crate) fn lone(&self) -> Order {
        self.order(&self.system.target(), &self.system.account())
    }

    /// Prepares and applies, as the engine does.
    pub(crate) async fn make(&self, ledger: &mut Ledger, order: &Order) -> Result<Before, String> {
        ledger.open(order);
        let seen = said("prepare", self.warm.prepare(order).await)?;
        let before = ledger.record(order, seen);
        said("apply", self.warm.apply(order, &before).await)?;
        Ok(before)
    }

    /// Revokes, as the engine does.
    pub(crate) async fn end(
        &self,
        ledger: &mut Ledger,
        order: &Order,
    ) -> Result<bellhop_connectors::Revoked, String> {
        let revoked = said("revoke", self.warm.revoke(order, &ledger.leaving(order)).await)?;
        ledger.close(order.grant);
        Ok(revoked)
    }

    /// Probes until the answer is as wished: systems may take a moment to follow.
    pub(crate) async fn probe_until(
        &self,
        order: &Order,
        before: &Before,
        wished: fn(&Probe) -> bool,
    ) -> Checked {
        let began = Instant::now();
        loop {
            let answer = said("probe", self.warm.probe(order, before).await)?;
            if wished(&answer) {
                return Ok(());
            }
            want!(began.elapsed() < SETTLED, "the probe goes on saying {answer:?}");
        }
    }

    pub(crate) async fn works_becomes(&self, order: &Order, wished: bool) -> Checked {
        let began = Instant::now();
        while self.system.works(order).await != wished {
            want!(began.elapsed() < SETTLED, "that the account is let in stays {}", !wished);
        }
        Ok(())
    }

    pub(crate) async fn reads(&self, order: &Order, wished: Presence) -> Checked {
        let answer = said("read", self.warm.read(order).await)?;
        want!(answer == wished, "read says {answer:?} and not {wished:?}");
        Ok(())
    }

    pub(crate) async fn effects_are(&self, order: &Order, wished: usize) -> Checked {
        let there = self.system.effects(order).await;
        want!(there == wished, "{there} objects are there and not {wished}");
        Ok(())
    }

    /// Nothing that carries the installation's mark is there.
    pub(crate) async fn nothing_is_left(&self) -> Checked {
        let left = said("leftovers", self.warm.leftovers(self.system.installation()).await)?;
        want!(left.is_empty(), "left over: {left:?}");
        Ok(())
    }
}

/// An answer where no fault is expected.
pub(crate) fn said<T: Debug>(what: &str, answer: Result<T, Fault>) -> Result<T, String> {
    answer.map_err(|fault| format!("{what}: {fault:?}"))
}

type Check = for<'a> fn(&'a Kit<'a>) -> BoxFuture<'a, Checked>;

/// Every sentence of the contract, by name.
const SENTENCES: [(&str, Check); 14] = [
    ("life", |kit| Box::pin(life::from_prepare_to_gone(kit))),
    ("deadline", |kit| Box::pin(life::a_later_deadline_moves_that_and_nothing_else(kit))),
    ("by_hand", |kit| Box::pin(life::what_people_do_by_hand(kit))),
    ("mint", |kit| Box::pin(life::credentials_are_short_and_secret(kit))),
    ("lost_reply", |kit| Box::pin(overlaps::a_lost_reply_is_not_standing_access(kit))),
    ("standing", |kit| Box::pin(overlaps::standing_access_is_kept(kit))),
    ("overlaps", |kit| Box::pin(overlaps::the_last_one_out_removes(kit))),
    ("account", |kit| Box::pin(overlaps::the_account_goes_with_its_last_grant(kit))),
    ("neighbours", |kit| Box::pin(neighbours::two_installations(kit))),
    ("leftovers", |kit| Box::pin(neighbours::leftovers_are_complete(kit))),
    ("discover", |kit| Box::pin(discovery::what_can_be_asked_for(kit))),
    ("target_gone", |kit| Box::pin(limits::the_target_is_gone(kit))),
    ("wrong_system", |kit| Box::pin(limits::the_wrong_system(kit))),
    ("rights", |kit| Box::pin(limits::own_rights_are_lost(kit))),
];

/// Fails unless these sentences hold.
pub(crate) async fn holds(system: Option<impl System>, names: &[&str]) {
    let Some(system) = system else { return };
    let mut wrong = Vec::new();
    for name in names {
        wrong.extend(sentence(&system, name).await.err().map(|said| format!("{name}: {said}")));
    }
    system.leave().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Checks one of them. What a failed check leaves is swept, so that the next one is not blamed.
pub(crate) async fn sentence(system: &dyn System, name: &str) -> Checked {
    let kit = Kit::new(system);
    let (_, check) =
        SENTENCES.iter().find(|(one, _)| *one == name).ok_or("there is no such check")?;
    let checked = check(&kit).await;
    if checked.is_err() {
        let left = kit.warm.leftovers(system.installation()).await.unwrap_or_default();
        for one in &left {
            kit.warm.remove(one).await.ok();
        }
    }
    checked
}
