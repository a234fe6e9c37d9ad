//! How often a person may call: enough for anything that people do, and not for a loop that ran
//! away.
//!
//! What only reads, what changes something and what kubectl needs are counted apart, so that none
//! of them keeps another waiting.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bellhop_domain::{Clock, PersonId};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// Streams that one person may have open at the same time.
pub const MOST_STREAMS: usize = 32;
/// With more people than this in memory, those who did not call lately are forgotten.
const MOST_PEOPLE: usize = 10_000;

/// What a call does, as far as its limit is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It only reads.
    Read,
    /// It changes something.
    Change,
    /// It mints a credential: a program of the person waits for it.
    Credential,
}

impl Class {
    /// How many calls there may be at once, and how many more each second.
    pub const fn quota(self) -> (NonZeroU32, NonZeroU32) {
        const fn most(count: u32) -> NonZeroU32 {
            match NonZeroU32::new(count) {
                Some(count) => count,
                None => NonZeroU32::MIN,
            }
        }
        match self {
            Self::Read => (most(1_000), most(100)),
            Self::Change => (most(200), most(10)),
            Self::Credential => (most(200), most(20)),
        }
    }
}

/// Time that is counted from the start of the machine: nobody can set it.
#[derive(Clone)]
struct Boot(Arc<dyn Clock>);

impl governor::clock::Clock for Boot {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.boot().to_std().unwrap_or_default().into()
    }
}

type Limiter = RateLimiter<PersonId, HashMapStateStore<PersonId>, Boot, NoOpMiddleware<Nanos>>;

/// Who called how often.
pub struct Limits {
    clock: Boot,
    read: Limiter,
    change: Limiter,
    credential: Limiter,
    streams: Arc<Mutex<HashMap<PersonId, usize>>>,
}

impl Limits {
    /// Nobody called yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = Boot(clock);
        let limiter = |class: Class| {
            let (burst, each_second) = class.quota();
            let quota = Quota::per_second(each_second).allow_burst(burst);
            Limiter::hashmap_with_clock(quota, clock.clone())
        };
        let [read, change, credential] =
            [Class::Read, Class::Change, Class::Credential].map(limiter);
        Self { read, change, credential, clock, streams: Arc::default() }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// When it is one too many: how long to wait.
    pub fn count(&self, person: PersonId, class: Class) -> Result<(), Duration> {
        let limiter = match class {
            Class::Read => &self.read,
            Class::Change => &self.change,
            Class::Credential => &self.credential,
        };
        if limiter.len() > MOST_PEOPLE {
            limiter.retain_recent();
        }
        limiter.check_key(&person).map_err(|wait| wait.wait_time_from(self.clock.now()))
    }

    /// A place for one more stream; nothing when the person has all that there are.
    pub fn stream(&self, person: PersonId) -> Option<Seat> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = streams.entry(person).or_default();
        if *taken >= MOST_STREAMS {
            return None;
        }
        *taken += 1;
        drop(streams);
        Some(Seat { person, streams: Arc::clone(&self.streams) })
    }
}

/// Held while a stream is open.
pub struct Seat {
    person: PersonId,
    streams: Arc<Mutex<HashMap<PersonId, usize>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = streams.get_mut(&self.person) {
            *taken = taken.saturating_sub(1);
            if *taken == 0 {
                streams.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bellhop_domain::ManualClock;
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    #[test]
    fn each_person_and_each_kind_of_call_is_counted_apart() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        let limits = Limits::new(Arc::new(clock.clone()));
        let (burst, _) = Class::Change.quota();
        for _ in 0..burst.get() {
            limits.count(person(1), Class::Change).unwrap();
        }
        assert_eq!(limits.count(person(1), Class::Change), Err(Duration::from_millis(100)));
        assert_eq!(limits.count(person(1), Class::Credential), Ok(()));
        assert_eq!(limits.count(person(1), Class::Read), Ok(()));
        assert_eq!(limits.count(person(2), Class::Change), Ok(()));
        clock.set_wall_clock(TimeDelta::days(1));
        assert!(limits.count(person(1), Class::Change).is_err(), "setting the clock does not help");
        clock.advance(TimeDelta::milliseconds(100));
        assert_eq!(limits.count(person(1), Class::Change), Ok(()));
    }

    #[test]
    fn people_who_do_not_call_any_more_are_forgotten() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        let limits = Limits::new(Arc::new(clock.clone()));
        for n in 0..=10_000 {
            limits.count(person(n), Class::Read).unwrap();
        }
        clock.advance(TimeDelta::minutes(1));
        limits.count(person(1), Class::Read).unwrap();
        assert_eq!(limits.read.len(), 1);
    }

    #[test]
    fn a_stream_that_is_closed_makes_place_for_another() {
        let limits = Limits::new(Arc::new(ManualClock::at(DateTime::UNIX_EPOCH)));
        let seats: Vec<_> = (0..MOST_STREAMS).map(|_| limits.stream(person(1)).unwrap()).collect();
        assert!(limits.stream(person(1)).is_none());
        assert!(limits.stream(person(2)).is_some());
        drop(seats);
        assert!(limits.stream(person(1)).is_some());
        assert!(limits.streams.lock().unwrap().is_empty(), "nobody is remembered");
    }
}
