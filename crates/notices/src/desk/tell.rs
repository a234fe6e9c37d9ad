//! What there is to tell of requests, what of it is so, and when it rings.

use bellhop_api::Request;
use chrono::{DateTime, Utc};

use super::{APART, AT_ONCE, Act, Desk, SOON, Untold};
use crate::words::{self, Known, Missed, View, What};
use crate::{About, Notice};

impl Desk {
    /// Closes the notice of a request that is not so any more, and drops what was to be told and is
    /// not so either.
    pub(super) fn look(&mut self, request: &Request, view: &View<'_>) -> Vec<Act> {
        let number = &request.number;
        let is_so =
            |what: &What, known: &Known| words::notice(*what, request, known, view).is_some();
        for untold in self.memory.untold.iter_mut().filter(|untold| untold.number == *number) {
            let Untold { whats, known, .. } = untold;
            whats.retain(|what| is_so(what, known));
        }
        self.memory.untold.retain(|untold| !untold.whats.is_empty());
        let told = self.shown.get(number);
        if told.is_none_or(|told| told.whats.iter().any(|what| is_so(what, &told.known))) {
            return Vec::new();
        }
        self.shown.remove(number);
        vec![Act::Hush(About::Request(number.clone()))]
    }

    /// What an occasion is after what was told before.
    pub(super) fn in_context(&mut self, what: What, number: &str) -> Option<What> {
        if what == What::Stuck {
            return (!self.memory.stuck.contains(number)).then_some(what);
        }
        let over = matches!(what, What::Ended | What::Failed);
        let confirmed = over && self.memory.stuck.remove(number);
        Some(if confirmed { What::Confirmed } else { what })
    }

    /// Once for each deadline, and not where the notice that comes now says it.
    pub(super) fn watch_deadline(&mut self, request: &Request, view: &View<'_>) {
        let Some(deadline) = request.deadline else { return };
        let left = deadline - view.wall.now;
        let known = Known::default();
        let told = self.memory.endings.get(&request.number) == Some(&deadline);
        if told || left > SOON || words::notice(What::EndingSoon, request, &known, view).is_none() {
            return;
        }
        self.memory.endings.insert(request.number.clone(), deadline);
        let says_it = |untold: &Untold| {
            let says_it = |what| matches!(what, &What::Granted | &What::Extended);
            untold.number == request.number && untold.whats.iter().any(says_it)
        };
        if !self.memory.untold.iter().any(says_it) {
            self.put(&request.number, What::EndingSoon, &known, view.wall.now);
        }
    }

    pub(super) fn put(&mut self, number: &str, what: What, known: &Known, now: DateTime<Utc>) {
        let old = self.memory.untold.iter_mut().find(|untold| untold.number == number);
        if let Some(untold) = old {
            untold.whats.retain(|old| *old != what);
            untold.whats.push(what);
            untold.since = now;
            if *known != Known::default() {
                untold.known = known.clone();
            }
            return;
        }
        let (number, whats, known) = (number.to_owned(), vec![what], known.clone());
        self.memory.untold.push(Untold { number, whats, known, since: now });
    }

    /// When something untold may ring.
    pub(super) fn due_at(&self, untold: &Untold, now: DateTime<Utc>) -> DateTime<Utc> {
        let wait = untold.whats == [What::Approved] && is_recent(untold.since, now);
        let after = if wait { untold.since + APART } else { now };
        let rang = self.memory.rang.get(&untold.number).filter(|rang| is_recent(**rang, now));
        let after = rang.map_or(after, |rang| after.max(*rang + APART));
        self.crowd(now).map_or(after, |last| after.max(last + APART))
    }

    /// When the last notice rang, where so many just did that the next ones are told together.
    fn crowd(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let recent = || self.memory.rang.values().filter(|rang| is_recent(**rang, now));
        recent().max().copied().filter(|_| recent().count() >= AT_ONCE)
    }

    /// Tells what is due. At the end of a hold, everything at once.
    pub(super) fn tell(&mut self, requests: &[Request], view: &View<'_>) -> Vec<Act> {
        let now = view.wall.now;
        let here = |untold: &Untold| requests.iter().find(|r| r.number == untold.number);
        let missed = self.held.missed();
        if missed.is_some() && !self.memory.untold.iter().all(|untold| here(untold).is_some()) {
            // The summary waits for those that are wanted.
            return Vec::new();
        }
        let (mut rings, crowd) = (Vec::new(), self.crowded || self.crowd(now).is_some());
        for untold in std::mem::take(&mut self.memory.untold) {
            let Some(request) = here(&untold) else {
                self.memory.untold.push(untold);
                continue;
            };
            if self.due_at(&untold, now) > now {
                self.memory.untold.push(untold);
                continue;
            }
            let said = |what: &What| words::notice(*what, request, &untold.known, view);
            if let Some(notice) = untold.whats.iter().rev().find_map(said) {
                rings.push((notice, untold));
            }
        }
        self.held.told();
        let crowded = std::mem::replace(&mut self.crowded, crowd && !self.memory.untold.is_empty());
        let together = rings.len() > AT_ONCE || (crowded && rings.len() > 1);
        let missed = missed.or_else(|| together.then_some(Missed::HeldBack));
        if let (Some(missed), true) = (missed, rings.len() > 1) {
            let titles: Vec<_> = rings.iter().map(|(notice, _)| notice.title.clone()).collect();
            for (_, untold) in &rings {
                self.told(untold, now);
            }
            self.several = rings.into_iter().map(|(_, untold)| untold).collect();
            return vec![Act::Ring(words::several(&titles, missed))];
        }
        let ring = |(notice, untold): (Notice, Untold)| {
            self.told(&untold, now);
            self.shown.insert(untold.number.clone(), untold);
            Act::Ring(notice)
        };
        rings.into_iter().map(ring).collect()
    }

    fn told(&mut self, untold: &Untold, now: DateTime<Utc>) {
        self.memory.rang.insert(untold.number.clone(), now);
        if untold.whats.contains(&What::Stuck) {
            self.memory.stuck.insert(untold.number.clone());
        }
    }
}

/// Whether `then` is less than [`APART`] ago. After the clock was set back, nothing is.
pub(super) fn is_recent(then: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    then <= now && now < then + APART
}

/// What is replaced at once need not be taken away first.
pub(super) fn without_flicker(acts: &[Act]) -> Vec<Act> {
    let rings = |about: &About| {
        acts.iter().any(|act| matches!(act, Act::Ring(notice) if notice.about == *about))
    };
    let idle = |act: &Act| matches!(act, Act::Hush(about) if rings(about));
    acts.iter().filter(|act| !idle(act)).cloned().collect()
}
