//! What is said while the store cannot be used: once, again each minute, and how long it took.

use chrono::TimeDelta;

/// Between two times that it is said.
const AGAIN: TimeDelta = TimeDelta::minutes(1);

/// Whether something fails now that is tried every second. Times are the machine's own.
#[derive(Default)]
pub(super) struct Outage(Option<Failing>);

#[derive(Clone, Copy)]
struct Failing {
    since: TimeDelta,
    told: TimeDelta,
}

impl Outage {
    /// It failed at `now`; whether that is to be said.
    pub(super) fn failed(&mut self, now: TimeDelta) -> bool {
        match &mut self.0 {
            Some(failing) if now - failing.told < AGAIN => false,
            Some(failing) => {
                failing.told = now;
                true
            }
            None => {
                self.0 = Some(Failing { since: now, told: now });
                true
            }
        }
    }

    /// It worked at `now`; for how long it had not, if it had not.
    pub(super) fn worked(&mut self, now: TimeDelta) -> Option<TimeDelta> {
        self.0.take().map(|failing| now - failing.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_when_it_begins_each_minute_and_when_it_is_over() {
        let mut outage = Outage::default();
        assert_eq!(outage.worked(TimeDelta::seconds(9)), None);
        let told: Vec<i64> =
            (10..200).filter(|&now| outage.failed(TimeDelta::seconds(now))).collect();
        assert_eq!(told, [10, 70, 130, 190]);
        assert_eq!(outage.worked(TimeDelta::seconds(200)), Some(TimeDelta::seconds(190)));
        assert_eq!(outage.worked(TimeDelta::seconds(201)), None);
        assert!(outage.failed(TimeDelta::seconds(202)), "another one");
    }
}
