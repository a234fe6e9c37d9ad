//! When notices ring. A state machine: what happens goes in with the moment it happens at, what is
//! to be done comes out.
//!
//! Each event of the audit log is told at most once, as its place is remembered. What cannot be told
//! now (nobody was there, notices are paused, nothing shows them) is remembered as what happened to
//! which request, and put into words later, from the request as it is stored then.

mod held;
mod memory;
mod tell;

use std::collections::BTreeMap;

use bellhop_api::{Change, Integration, Request};
use chrono::{DateTime, TimeDelta, Utc};

use self::held::Held;
use self::memory::Untold;
pub use self::memory::{Memory, MemoryError, MemoryFile, Pause};
use self::tell::{is_recent, without_flicker};
use crate::words::{self, Known, View, What};
use crate::{About, Notice};

/// Two notices about one request are at least this far apart, and an approval waits this long for
/// the access that it gives.
const APART: TimeDelta = TimeDelta::seconds(5);
/// As many notices ring one by one within [`APART`].
const AT_ONCE: usize = 3;
/// This long before its deadline, access is ending soon.
const SOON: TimeDelta = TimeDelta::minutes(10);
/// A backend that is out of reach for a shorter time is no news.
const UNREACHABLE: TimeDelta = TimeDelta::seconds(15);
/// What was told of deadlines is forgotten this long after them.
const FORGET: TimeDelta = TimeDelta::days(1);

/// What is to be done, in order, after the memory was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Show this notice, in the place of the last one about the same.
    Ring(Notice),
    /// Take away the notice about this: it was answered elsewhere, or is not so any more.
    Hush(About),
}

/// Says when notices ring.
#[derive(Debug)]
pub struct Desk {
    memory: Memory,
    held: Held,
    /// What the notice on the screen about each request told, as far as there is one.
    shown: BTreeMap<String, Untold>,
    /// What the last notice about several things told.
    several: Vec<Untold>,
    /// So many notices just rang that the next ones wait for each other.
    crowded: bool,
    /// Since when the backend cannot be reached, and whether that was told.
    unreachable: Option<(DateTime<Utc>, bool)>,
}

impl Desk {
    /// A desk that goes on where `memory` ends. It is away until [`Desk::caught_up`].
    pub fn new(memory: Memory) -> Self {
        let (shown, several) = (BTreeMap::new(), Vec::new());
        Self { memory, held: Held::at_start(), shown, several, crowded: false, unreachable: None }
    }

    /// What to keep. Save it after each call and before its acts are carried out: then nothing is
    /// told twice, however the app ends.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The backend does not know the place where this desk was: it is another one, or was restored
    /// from a backup. What was told about it means nothing any more; a pause holds.
    pub fn forget_place(&mut self) {
        self.memory = Memory { pause: self.memory.pause, ..Memory::default() };
    }

    /// Something happened. `request` is the one it happened to, as stored now; while the desk is
    /// away it may be left out, and is asked for later ([`Desk::wants`]).
    pub fn event(
        &mut self,
        change: &Change,
        request: Option<&Request>,
        known: &Known,
        view: &View<'_>,
    ) -> Vec<Act> {
        if self.memory.place.is_some_and(|place| change.seq <= place) {
            return Vec::new();
        }
        self.memory.place = Some(change.seq);
        let Some(number) = &change.request else { return Vec::new() };
        let mut acts = request.map_or_else(Vec::new, |request| self.look(request, view));
        if let Some(what) = What::of(&change.kind).and_then(|what| self.in_context(what, number)) {
            let news = request.is_none_or(|r| words::notice(what, r, known, view).is_some());
            if news {
                self.put(number, what, known, view.wall.now);
            }
        }
        acts.extend(request.map_or_else(Vec::new, |r| self.tick(std::slice::from_ref(r), view)));
        without_flicker(&acts)
    }

    /// Time went by, or the requests that were wanted are here. Call it at [`Desk::due`], and when
    /// what is open was read anew.
    pub fn tick(&mut self, requests: &[Request], view: &View<'_>) -> Vec<Act> {
        let now = view.wall.now;
        if let Some(Pause::Until(end)) = self.memory.pause
            && end <= now
        {
            self.resume();
        }
        self.memory.rang.retain(|_, rang| is_recent(*rang, now));
        self.memory.endings.retain(|_, deadline| now < *deadline + FORGET);
        let mut acts = Vec::new();
        for request in requests {
            acts.extend(self.look(request, view));
            self.watch_deadline(request, view);
        }
        if self.is_holding() {
            return acts;
        }
        if let Some((since, false)) = self.unreachable
            && now >= since + UNREACHABLE
        {
            self.unreachable = Some((since, true));
            acts.push(Act::Ring(words::backend_unreachable()));
        }
        acts.extend(self.tell(requests, view));
        without_flicker(&acts)
    }

    /// When to call [`Desk::tick`] next, at the latest; none while nothing is to come. `requests`
    /// are those that are open.
    pub fn due(&self, requests: &[Request], view: &View<'_>) -> Option<DateTime<Utc>> {
        let now = view.wall.now;
        let pause = match self.memory.pause {
            Some(Pause::Until(end)) => Some(end),
            Some(Pause::UntilResumed) | None => None,
        };
        if self.is_holding() {
            return pause;
        }
        let endings = requests.iter().filter_map(|request| {
            let deadline = request.deadline.filter(|_| request.requester == view.me.handle)?;
            let told = self.memory.endings.get(&request.number) == Some(&deadline);
            let wanted = view.wants.ending && !told;
            (wanted && request.open > 0 && now < deadline).then_some(deadline - SOON)
        });
        let untold = self.memory.untold.iter().map(|untold| self.due_at(untold, now));
        let unreachable = self.unreachable.filter(|(_, told)| !told);
        let unreachable = unreachable.map(|(since, _)| since + UNREACHABLE);
        endings.chain(untold).chain(unreachable).chain(pause).min()
    }

    /// Numbers of the requests that [`Desk::tick`] needs as they are stored now, to put into words
    /// what happened to them. What is not there any more is [`Desk::gone`].
    pub fn wants(&self) -> Vec<String> {
        if self.is_holding() {
            return Vec::new();
        }
        self.memory.untold.iter().map(|untold| untold.number.clone()).collect()
    }

    /// There is no such request any more, or not for this person.
    pub fn gone(&mut self, number: &str) -> Vec<Act> {
        self.memory.untold.retain(|untold| untold.number != number);
        let shown = self.shown.remove(number);
        shown.map(|_| Act::Hush(About::Request(number.to_owned()))).into_iter().collect()
    }

    /// The integrations as they are now; call it whenever they were read. `requests` are those that
    /// are open. Trouble is told once, and taken back when it is over.
    pub fn integrations(
        &mut self,
        integrations: &[Integration],
        requests: &[Request],
        view: &View<'_>,
    ) -> Vec<Act> {
        let mut acts = Vec::new();
        for integration in integrations {
            let Integration { name, status, .. } = integration;
            let inside = |target: &String| {
                target.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            let open = requests.iter().filter(|request| {
                matches!(request.status.as_str(), "active" | "granting" | "revoking")
                    && request.targets.iter().any(inside)
            });
            match words::integration(integration, open.count(), view) {
                Some(_) if self.is_holding() || self.memory.troubled.get(name) == Some(status) => {}
                Some(notice) => {
                    self.memory.troubled.insert(name.clone(), status.clone());
                    acts.push(Act::Ring(notice));
                }
                None if self.memory.troubled.remove(name).is_some() => {
                    acts.push(Act::Hush(About::Integration(name.clone())));
                }
                None => {}
            }
        }
        acts
    }
}
