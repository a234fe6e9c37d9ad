//! Steady time: the wall clock, but never earlier than time has gone on since it was last known.
//!
//! People and programs set wall clocks, and access must not last longer by that. Nobody can set how
//! long the machine has been running. So the store holds an *anchor*, a time that was true at one
//! moment of the machine's run, and its time is the wall clock or the anchor plus what has gone by
//! since, whichever is later: access ends when either clock says so. The anchor is made when the
//! store is opened, at the wall clock or the newest audit row, and only ever moves forward, with
//! every audit row that shows a later time. It is stored for the next process on the same machine;
//! on PostgreSQL for each machine that replicas run on.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::sql::sql;
use crate::{StoreError, Tx};

/// How far the wall clock may stand before the newest audit row: 2 minutes. Clocks that are kept in
/// step by the network are closer than that.
pub const MOST_BEHIND: TimeDelta = TimeDelta::minutes(2);

/// An anchor that is this much too early is stored anew.
const WORTH_KEEPING: TimeDelta = TimeDelta::seconds(1);

/// What all clocks showed when a transaction's lock was held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Steady time.
    pub(crate) now: DateTime<Utc>,
    /// The wall clock.
    pub(crate) wall: DateTime<Utc>,
    /// How long the machine had been running.
    pub(crate) boot: TimeDelta,
}

/// A time that was true at one moment of the machine's run.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    at: DateTime<Utc>,
    boot: TimeDelta,
}

impl Anchor {
    /// What time it is at a later moment of the same run.
    fn later(self, boot: TimeDelta) -> DateTime<Utc> {
        let gone = (boot - self.boot).max(TimeDelta::zero());
        self.at.checked_add_signed(gone).unwrap_or(self.at)
    }
}

/// The anchor of an open store. Its clones of [`crate::Store`] share it.
pub(crate) struct Steady {
    anchors: Mutex<Anchors>,
    run: Option<String>,
}

struct Anchors {
    anchor: Anchor,
    /// The time of the newest transaction: what PostgreSQL's clock said last.
    seen: Anchor,
}

impl Steady {
    /// No anchor yet, in this run of the machine ([`bellhop_domain::Clock::boot_id`]).
    pub(crate) fn new(run: Option<String>) -> Self {
        let none = Anchor { at: DateTime::<Utc>::MIN_UTC, boot: TimeDelta::zero() };
        Self { anchors: Mutex::new(Anchors { anchor: none, seen: none }), run }
    }

    /// The moment at which the wall clock shows `wall`. `newest` is the time of the newest audit
    /// row where it is known: replicas learn by it what others have seen.
    pub(crate) fn moment(
        &self,
        wall: DateTime<Utc>,
        newest: Option<DateTime<Utc>>,
        boot: TimeDelta,
    ) -> Moment {
        if let Some(newest) = newest {
            self.raise(newest, boot);
        }
        self.with(|all| {
            let now = all.anchor.later(boot).max(wall);
            all.seen = Anchor { at: now, boot };
            Moment { now, wall, boot }
        })
    }

    /// The time now as far as it can be told without a transaction; `wall` where the clock is at
    /// hand.
    pub(crate) fn estimate(&self, wall: Option<DateTime<Utc>>, boot: TimeDelta) -> DateTime<Utc> {
        self.with(|all| match wall {
            Some(wall) => all.anchor.later(boot).max(wall),
            None => all.seen.later(boot),
        })
    }

    /// It was `at`, at least: the anchor moves there, unless it is later already.
    pub(crate) fn raise(&self, at: DateTime<Utc>, boot: TimeDelta) {
        self.with(|all| {
            if at > all.anchor.later(boot) {
                all.anchor = Anchor { at, boot };
            }
        });
    }

    fn lags(&self, moment: Moment) -> bool {
        self.with(|all| moment.now - all.anchor.later(moment.boot) > WORTH_KEEPING)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Anchors) -> T) -> T {
        change(&mut self.anchors.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The anchor of a run that nobody has heard of for so long is of no use any more.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(90);

/// Makes the anchor of a store that is being opened. In the same run of the machine the one of the
/// process before stays, so that a restart is no way to set the time back.
pub(crate) async fn anchor(tx: &mut Tx) -> Result<(), StoreError> {
    let Moment { wall, boot, .. } = tx.moment;
    let run = tx.steady.run.clone();
    let kept = sql!(
        tx,
        fetch_optional::<(DateTime<Utc>, i64)>,
        "SELECT at, boot FROM anchors WHERE run = $1",
        &run
    )?;
    let start = kept.map_or(wall, |(at, micros)| {
        Anchor { at, boot: TimeDelta::microseconds(micros) }.later(boot)
    });
    let newest = crate::audit::newest_at(tx).await?;
    let at = newest.map_or(start, |newest| newest.max(start));
    tx.steady.raise(at, boot);
    tx.moment = tx.steady.moment(wall, newest, boot);
    let long_ago = at - FORGOTTEN_AFTER;
    sql!(tx, execute, "DELETE FROM anchors WHERE at < $1", long_ago)?;
    store(tx, at).await
}

/// Stores the anchor with rows that show that it is too early, so that the next process knows.
pub(crate) async fn keep(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.steady.lags(tx.moment) { store(tx, tx.moment.now).await } else { Ok(()) }
}

async fn store(tx: &mut Tx, at: DateTime<Utc>) -> Result<(), StoreError> {
    // A machine whose runs cannot be told apart has nothing to go by.
    let Some(run) = tx.steady.run.clone() else { return Ok(()) };
    let boot = tx.moment.boot.num_microseconds().unwrap_or(i64::MAX);
    sql!(
        tx,
        execute,
        "INSERT INTO anchors (run, at, boot) VALUES ($1, $2, $3) \
         ON CONFLICT (run) DO UPDATE SET at = excluded.at, boot = excluded.boot",
        &run,
        at,
        boot
    )?;
    Ok(())
}
