//! What an engine would have stored: which grants are live, and what was there before them.

use std::collections::BTreeSet;

use bellhop_connectors::{Account, Leaving, Order, found_in_lane};
use bellhop_domain::{Before, GrantId};

/// The live grants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    live: Vec<Live>,
    retired: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) order: Order,
    /// Recorded once `prepare` has answered.
    pub(crate) before: Option<Before>,
    /// Its revoke has begun: nothing is made for it any more.
    pub(crate) is_ending: bool,
    /// An `apply` succeeded.
    pub(crate) is_made: bool,
}

impl Ledger {
    /// A grant that is about to be made.
    pub(crate) fn open(&mut self, order: &Order) {
        let order = order.clone();
        self.live.push(Live { order, before: None, is_ending: false, is_made: false });
    }

    /// Records what `prepare` found, corrected by what the others of the lane know.
    pub(crate) fn record(&mut self, order: &Order, seen: Before) -> Before {
        let others = self.others(order).filter_map(|one| one.before.as_ref());
        let found = found_in_lane(seen.found, others.map(|before| before.found));
        let before = Before { found, ..seen };
        for one in self.live.iter_mut().filter(|one| one.order.grant == order.grant) {
            // Only the first answer counts: it was recorded before the first effect.
            one.before.get_or_insert_with(|| before.clone());
        }
        self.before(order.grant).unwrap_or(before)
    }

    pub(crate) fn before(&self, grant: GrantId) -> Option<Before> {
        self.find(grant)?.before.clone()
    }

    /// What there is to say when this grant ends.
    pub(crate) fn leaving(&self, order: &Order) -> Leaving {
        let owners = self.others(order).filter(|one| one.before.is_some());
        let same = |one: &&Live| one.order.account == order.account;
        let others = self.live.iter().filter(same).any(|one| one.order.grant != order.grant);
        Leaving {
            account: if others { Account::Keep } else { Account::Remove },
            owners: owners.map(|one| one.order.grant).collect(),
            before: self.before(order.grant),
            recorded: BTreeSet::new(),
        }
    }

    /// The revoke begins. An account that goes along is never used again.
    pub(crate) fn begin_end(&mut self, order: &Order) -> Leaving {
        let leaving = self.leaving(order);
        if leaving.account == Account::Remove {
            self.retired.push(order.account.clone());
        }
        for one in self.live.iter_mut().filter(|one| one.order.grant == order.grant) {
            one.is_ending = true;
        }
        leaving
    }

    /// An `apply` succeeded.
    pub(crate) fn made(&mut self, grant: GrantId) {
        for one in self.live.iter_mut().filter(|one| one.order.grant == grant) {
            one.is_made = true;
        }
    }

    pub(crate) fn is_retired(&self, account: &str) -> bool {
        self.retired.iter().any(|one| one == account)
    }

    pub(crate) fn find(&self, grant: GrantId) -> Option<&Live> {
        self.live.iter().find(|one| one.order.grant == grant)
    }

    pub(crate) fn close(&mut self, grant: GrantId) {
        self.live.retain(|one| one.order.grant != grant);
    }

    pub(crate) fn live(&self) -> &[Live] {
        &self.live
    }

    /// The other grants of the same lane.
    pub(crate) fn others<'a>(&'a self, order: &'a Order) -> impl Iterator<Item = &'a Live> {
        self.live.iter().filter(move |live| {
            let one = &live.order;
            let lane = one.target == order.target && one.account == order.account;
            lane && one.grant != order.grant
        })
    }
}
