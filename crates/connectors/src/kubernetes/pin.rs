//! Which cluster this is: the uid of `kube-system`, which a cluster keeps for life.
//!
//! An address can be pointed at another cluster at any moment. What follows from that:
//!
//! - A check that succeeded counts for ten seconds for calls that *make* something. In the wrong
//!   cluster the worst they can leave is a binding for an account that does not exist there.
//! - "Absent" is only ever said after a check that was made *after* the 404, on the same pool of
//!   connections. A check before it would vouch for another moment. What this leaves open is an
//!   address that changes to another cluster and back between the two; with Bellhop's own token
//!   that cluster would have answered 401, since it did not sign the token.

use std::sync::{Arc, Mutex, PoisonError};

use bellhop_domain::Clock;
use chrono::{DateTime, TimeDelta, Utc};

use super::call::{Call, Kind};
use super::wire::{Object, Wire};
use crate::Fault;

const KUBE_SYSTEM: &str = "kube-system";
const GOOD_FOR: TimeDelta = TimeDelta::seconds(10);

pub(super) struct Pin {
    expected: String,
    clock: Arc<dyn Clock>,
    checked: Mutex<Option<DateTime<Utc>>>,
}

impl Pin {
    pub(super) fn new(expected: String, clock: Arc<dyn Clock>) -> Self {
        Self { expected, clock, checked: Mutex::new(None) }
    }

    /// Succeeds if a check did in the last ten seconds, or does now.
    pub(super) async fn recently(&self, wire: &Wire) -> Result<(), Fault> {
        let now = self.clock.now();
        let checked = *self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if checked.is_some_and(|at| at <= now && now < at + GOOD_FOR) {
            return Ok(());
        }
        self.now(wire).await
    }

    /// Asks, whatever was known before.
    pub(super) async fn now(&self, wire: &Wire) -> Result<(), Fault> {
        let began = self.clock.now();
        let set = |to| *self.checked.lock().unwrap_or_else(PoisonError::into_inner) = to;
        set(None);
        let found = read(wire).await?;
        if found != self.expected {
            return Err(Fault::WrongSystem(format!(
                "{}: {} is another cluster than the one that was connected (kube-system has uid {found}, \
                 not {}). Nothing was changed. Point the address back, or connect this cluster under \
                 another name",
                wire.place.integration, wire.place.server, self.expected
            )));
        }
        set(Some(began));
        Ok(())
    }
}

/// The uid of `kube-system`.
pub(super) async fn read(wire: &Wire) -> Result<String, Fault> {
    let Object { metadata } = match wire.own(Call::get(Kind::Namespace, None, KUBE_SYSTEM)).await {
        Ok(object) => object,
        Err(failed) if failed.is_absent(KUBE_SYSTEM) => {
            return Err(Fault::WrongSystem(format!(
                "{}: what answers at {} has no namespace kube-system, so it is not the cluster that was \
                 connected. Check the address",
                wire.place.integration, wire.place.server
            )));
        }
        Err(failed) => return Err(failed.into()),
    };
    if metadata.name != KUBE_SYSTEM || metadata.uid.is_empty() {
        return Err(Fault::WrongSystem(format!(
            "{}: {} did not say which cluster it is. Check the address",
            wire.place.integration, wire.place.server
        )));
    }
    Ok(metadata.uid)
}
