//! What holds notices back, and what becomes of them when it ends.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Act, Desk, Pause};
use crate::About;
use crate::words::Missed;

/// What holds notices back now, beside a pause.
#[derive(Debug)]
pub(super) struct Held {
    /// Since when nobody was there: what comes now happened meanwhile.
    away: Option<Away>,
    /// The desktop asks not to disturb.
    inhibited: bool,
    /// Nothing shows notices.
    absent: bool,
    /// What was held back is to be told as one.
    missed: Option<Missed>,
}

/// Since when nobody was there.
#[derive(Clone, Copy, Debug)]
enum Away {
    /// Since the app ended, whenever that was.
    BeforeTheStart,
    /// Since this moment.
    Since(DateTime<Utc>),
}

/// Who was away for a shorter time is told each thing as itself.
const SHORT: TimeDelta = TimeDelta::minutes(1);

impl Held {
    pub(super) fn at_start() -> Self {
        Self { away: Some(Away::BeforeTheStart), inhibited: false, absent: false, missed: None }
    }

    pub(super) fn missed(&self) -> Option<Missed> {
        self.missed
    }

    pub(super) fn told(&mut self) {
        self.missed = None;
    }
}

impl Desk {
    /// Whether notices are held back for now.
    pub fn is_holding(&self) -> bool {
        let Held { away, inhibited, absent, .. } = self.held;
        away.is_some() || inhibited || absent || self.memory.pause.is_some()
    }

    /// The backend cannot be heard, or the machine slept: the events that come now are old. Until
    /// [`Desk::caught_up`] they are only noted.
    pub fn away(&mut self, now: DateTime<Utc>) {
        self.held.away.get_or_insert(Away::Since(now));
    }

    /// The old events are through. [`Desk::tick`] with what the desk wants now tells them: several
    /// as one, unless it was only for a moment.
    pub fn caught_up(&mut self, now: DateTime<Utc>) {
        self.held.missed = match self.held.away.take() {
            Some(Away::BeforeTheStart) => Some(Missed::Away),
            Some(Away::Since(then)) if now < then || now >= then + SHORT => Some(Missed::Away),
            Some(Away::Since(_)) | None => self.held.missed,
        };
    }

    /// No notice rings until then. What happens is told when the pause is over, all at once.
    pub fn pause(&mut self, pause: Pause) {
        self.memory.pause = Some(pause);
    }

    /// The pause, while there is one.
    pub fn paused(&self) -> Option<Pause> {
        self.memory.pause
    }

    /// The pause is over.
    pub fn resume(&mut self) {
        if self.memory.pause.take().is_some() {
            self.held.missed.get_or_insert(Missed::HeldBack);
        }
    }

    /// Whether the desktop asks not to disturb.
    pub fn inhibited(&mut self, inhibited: bool) {
        if std::mem::replace(&mut self.held.inhibited, inhibited) && !inhibited {
            self.held.missed.get_or_insert(Missed::HeldBack);
        }
    }

    /// Nothing could show the notice about this. What it told is kept until [`Desk::audible`].
    pub fn unheard(&mut self, about: &About) {
        self.held.absent = true;
        let back = match about {
            About::Request(number) => self.shown.remove(number).into_iter().collect(),
            About::Several => std::mem::take(&mut self.several),
            About::Backend => {
                self.unreachable = self.unreachable.map(|(since, _)| (since, false));
                Vec::new()
            }
            // It was about a moment that is over when somebody can see it.
            About::Machine => Vec::new(),
            About::Integration(name) => {
                self.memory.troubled.remove(name);
                Vec::new()
            }
        };
        for mut untold in back {
            self.memory.rang.remove(&untold.number);
            self.memory.stuck.remove(&untold.number);
            let newer = self.memory.untold.iter().position(|new| new.number == untold.number);
            if let Some(newer) = newer.map(|at| self.memory.untold.remove(at)) {
                untold.whats.retain(|what| !newer.whats.contains(what));
                untold.whats.extend(newer.whats);
                untold.since = newer.since;
            }
            self.memory.untold.push(untold);
        }
    }

    /// There is something again that shows notices.
    pub fn audible(&mut self) {
        if std::mem::take(&mut self.held.absent) {
            self.held.missed.get_or_insert(Missed::HeldBack);
        }
    }

    /// The backend does not answer.
    pub fn unreachable(&mut self, now: DateTime<Utc>) {
        self.unreachable.get_or_insert((now, false));
    }

    /// The backend answers.
    pub fn reachable(&mut self) -> Vec<Act> {
        let told = self.unreachable.take().is_some_and(|(_, told)| told);
        if told { vec![Act::Hush(About::Backend)] } else { Vec::new() }
    }
}
