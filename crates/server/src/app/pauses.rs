//! Pauses that connected systems asked for. One answer of "slow down" holds for every job on that
//! system, not only for the one that got it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Until when which system is left alone. Kept in memory: a new backend asks and is told again.
#[derive(Debug, Default)]
pub struct Pauses(Mutex<HashMap<String, DateTime<Utc>>>);

impl Pauses {
    /// `system` asked for a pause.
    pub(crate) fn pause(&self, system: &str, now: DateTime<Utc>, time: Duration) {
        let until = now + TimeDelta::from_std(time).unwrap_or(TimeDelta::hours(1));
        let mut all = self.all();
        let known = all.entry(system.to_owned()).or_insert(until);
        *known = until.max(*known);
    }

    /// How long `system` is still to be left alone.
    pub(crate) fn left(&self, system: &str, now: DateTime<Utc>) -> Option<Duration> {
        let until = *self.all().get(system)?;
        (until - now).to_std().ok().filter(|left| !left.is_zero())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
