//! The rim: everything below takes the time from here. It is the backend's, by which access ends,
//! in the user's zone: somebody may have set the clock of this machine.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, TimeDelta, Utc};

/// How far this machine's clock is behind the backend's, in milliseconds; less than none when ahead.
static BEHIND: AtomicI64 = AtomicI64::new(0);
/// The backend says the time to the second: less than this is no difference.
const NO_DIFFERENCE: TimeDelta = TimeDelta::seconds(2);

/// The time, where the user is.
pub fn here_and_now() -> DateTime<FixedOffset> {
    let behind = TimeDelta::milliseconds(BEHIND.load(Ordering::Relaxed));
    own() + behind
}

/// The backend says what time it is.
pub fn heard(theirs: DateTime<Utc>) {
    let behind = theirs - own().to_utc();
    let behind = if behind.abs() < NO_DIFFERENCE { 0 } else { behind.num_milliseconds() };
    BEHIND.store(behind, Ordering::Relaxed);
}

#[expect(clippy::disallowed_methods, reason = "the one place that looks at the clock")]
fn own() -> DateTime<FixedOffset> {
    Local::now().fixed_offset()
}

/// The time.
pub fn now() -> DateTime<Utc> {
    here_and_now().with_timezone(&Utc)
}

/// A moment on the user's clock.
pub fn local(moment: DateTime<Utc>) -> NaiveDateTime {
    moment.with_timezone(&Local).naive_local()
}
