//! Times and lengths of time as people read them.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// The clock on the person's wall.
#[derive(Clone, Copy, Debug)]
pub struct Wall {
    /// Now.
    pub now: DateTime<Utc>,
    /// A moment in the person's zone.
    pub local: fn(DateTime<Utc>) -> NaiveDateTime,
    /// Whether it counts to twelve twice a day.
    pub twelve_hours: bool,
}

impl Wall {
    /// A moment: `15:33`, with the date when it is not today.
    pub(crate) fn at(&self, moment: DateTime<Utc>) -> String {
        let (then, now) = ((self.local)(moment), (self.local)(self.now));
        let clock = if self.twelve_hours { "%-I:%M %p" } else { "%H:%M" };
        let today = then.date() == now.date();
        let format = if today { clock.to_owned() } else { format!("{clock} on %-d %b") };
        then.format(&format).to_string()
    }

    /// How long until a moment, in whole minutes: at least one.
    pub(crate) fn minutes_to(&self, moment: DateTime<Utc>) -> i64 {
        let seconds = (moment - self.now).num_seconds();
        ((seconds + 30) / 60).max(1)
    }
}

/// A length of time: `1 hour`, `1 h 30 min`, `45 min`, `2 d 4 h`.
pub(crate) fn length(seconds: u32) -> String {
    let length = TimeDelta::seconds(i64::from(seconds));
    let (days, hours, minutes) =
        (length.num_days(), length.num_hours() % 24, length.num_minutes() % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, 1, 0) => "1 hour".to_owned(),
        (0, h, 0) => format!("{h} hours"),
        (0, h, m) => format!("{h} h {m} min"),
        (1, 0, _) => "1 day".to_owned(),
        (d, 0, _) => format!("{d} days"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(twelve_hours: bool) -> Wall {
        let now = "2026-11-21T14:00:00Z".parse().unwrap();
        Wall { now, local: |t| (t + TimeDelta::hours(1)).naive_utc(), twelve_hours }
    }

    #[test]
    fn a_moment_is_in_the_persons_zone_and_way() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(wall(false).at(at("2026-11-21T14:33:59Z")), "15:33");
        assert_eq!(wall(true).at(at("2026-11-21T14:33:00Z")), "3:33 PM");
        // Midnight is the person's.
        assert_eq!(wall(false).at(at("2026-11-21T23:00:00Z")), "00:00 on 22 Nov");
        assert_eq!(wall(true).at(at("2026-11-21T22:59:00Z")), "11:59 PM");
    }

    #[test]
    fn lengths_are_short() {
        for (seconds, said) in [
            (30, "30 s"),
            (600, "10 min"),
            (3_600, "1 hour"),
            (7_200, "2 hours"),
            (5_400, "1 h 30 min"),
            (86_400, "1 day"),
            (187_200, "2 d 4 h"),
        ] {
            assert_eq!(length(seconds), said);
        }
        let wall = wall(false);
        for (seconds, minutes) in [(600, 10), (599, 10), (571, 10), (569, 9), (20, 1), (-5, 1)] {
            assert_eq!(wall.minutes_to(wall.now + TimeDelta::seconds(seconds)), minutes);
        }
    }
}
