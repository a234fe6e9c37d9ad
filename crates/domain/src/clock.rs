//! Time as an argument.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rustix::time::{ClockId, clock_gettime};

/// Where the time comes from. Cut to microseconds, so that every store gives back what it got.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock now. People and programs set it, forward and back.
    fn now(&self) -> DateTime<Utc>;

    /// How long the machine has been running, its sleep included. Nobody can set it.
    fn boot(&self) -> TimeDelta;

    /// Which run of the machine [`Clock::boot`] counts in; nothing where that cannot be told.
    fn boot_id(&self) -> Option<String>;
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    fn boot(&self) -> TimeDelta {
        // The monotonic clock of macOS counts sleep by itself.
        #[cfg(target_os = "linux")]
        let id = ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let id = ClockId::Monotonic;
        let time = clock_gettime(id);
        TimeDelta::seconds(time.tv_sec) + TimeDelta::microseconds(time.tv_nsec / 1_000)
    }

    fn boot_id(&self) -> Option<String> {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(id.trim().to_owned())
    }
}

/// Clocks that move only when told to.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Hands>>);

#[derive(Debug)]
struct Hands {
    wall: DateTime<Utc>,
    boot: TimeDelta,
    boots: u32,
}

impl ManualClock {
    /// Clocks of a machine that started when the wall clock stood at `start`.
    pub fn at(start: DateTime<Utc>) -> Self {
        let wall = start.trunc_subsecs(6);
        Self(Arc::new(Mutex::new(Hands { wall, boot: TimeDelta::zero(), boots: 1 })))
    }

    /// Time goes by on all clocks; sleep of the machine is time like any other.
    pub fn advance(&self, by: TimeDelta) {
        self.with(|hands| {
            hands.wall += by;
            hands.boot += by;
        });
    }

    /// Somebody sets the wall clock: forward, or back when `by` is negative. No time goes by.
    pub fn set_wall_clock(&self, by: TimeDelta) {
        self.with(|hands| hands.wall += by);
    }

    /// The machine starts anew.
    pub fn reboot(&self) {
        self.with(|hands| {
            hands.boot = TimeDelta::zero();
            hands.boots += 1;
        });
    }

    fn with<T>(&self, change: impl FnOnce(&mut Hands) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.with(|hands| hands.wall)
    }

    fn boot(&self) -> TimeDelta {
        self.with(|hands| hands.boot)
    }

    fn boot_id(&self) -> Option<String> {
        self.with(|hands| Some(format!("boot {}", hands.boots)))
    }
}
