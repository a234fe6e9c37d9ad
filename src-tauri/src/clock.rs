//! The rim: everything below takes the time from here.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, Utc};

/// The time on the user's clock.
#[expect(clippy::disallowed_methods, reason = "the one place that looks at the clock")]
pub fn here_and_now() -> DateTime<FixedOffset> {
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
