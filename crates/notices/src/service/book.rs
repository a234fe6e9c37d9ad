//! Which notices are on the screen, under which numbers, and whose word counts about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Answer;
use super::send::Abilities;
use crate::{About, Notice};

/// Signals about numbers that are not known yet, while a notice is being sent.
const MOST_EARLY: usize = 64;
/// The longest activation token, in bytes.
const LONGEST_TOKEN: usize = 512;

/// Notices on the screen.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Who the service is: the one connection whose signals count.
    owner: Option<String>,
    /// Counts the services that went away: numbers of one mean nothing to the next.
    epoch: u64,
    pub(super) abilities: Option<Arc<Abilities>>,
    absent: bool,
    shown: BTreeMap<About, Shown>,
    /// While a notice is being sent: what came for numbers that are not ours, and may be about to be.
    early: Option<Vec<(u32, Signal)>>,
    token: Option<(u32, String)>,
}

#[derive(Debug)]
struct Shown {
    id: u32,
    notice: Notice,
}

/// What the service says about a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Somebody chose something.
    Invoked(String),
    /// What a window comes to the front with; it comes before the choice.
    Token(String),
    /// It is not on the screen any more.
    Closed,
}

impl Book {
    /// Who owns the service's name now.
    pub(super) fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Somebody else owns the name, or nobody. Answers whether there is one again after there was
    /// none to show a notice.
    pub(super) fn owned_by(&mut self, owner: Option<String>) -> bool {
        if self.owner == owner {
            return false;
        }
        if self.owner.is_some() {
            self.epoch += 1;
            self.shown.clear();
            self.abilities = None;
            self.early = self.early.take().map(|_| Vec::new());
            self.token = None;
        }
        let back = self.absent && owner.is_some();
        if back {
            self.absent = false;
        }
        self.owner = owner;
        back
    }

    /// Nothing shows notices; whether that is news.
    pub(super) fn is_newly_absent(&mut self) -> bool {
        !std::mem::replace(&mut self.absent, true)
    }

    /// A notice is about to be sent. Answers the number of the one that it takes the place of.
    pub(super) fn begin(&mut self, about: &About) -> (Option<u32>, u64) {
        self.early = Some(Vec::new());
        (self.shown.get(about).map(|shown| shown.id), self.epoch)
    }

    /// The service showed it as number `id`. Answers what was chosen before that was known.
    pub(super) fn sent(&mut self, id: u32, epoch: u64, notice: &Notice) -> Vec<Answer> {
        let early = self.early.take().unwrap_or_default();
        if epoch != self.epoch {
            // Whoever gave the number is gone.
            return Vec::new();
        }
        self.shown.insert(notice.about.clone(), Shown { id, notice: notice.clone() });
        let ours = early.into_iter().filter(|(early, _)| *early == id);
        ours.filter_map(|(id, signal)| self.signal(id, signal)).collect()
    }

    /// The service did not show it.
    pub(super) fn not_sent(&mut self) {
        self.early = None;
        self.abilities = None;
    }

    /// What a signal of the service means. A notice answers once.
    pub(super) fn signal(&mut self, id: u32, signal: Signal) -> Option<Answer> {
        let Some(about) = self.shown.iter().find(|(_, s)| s.id == id).map(|(about, _)| about)
        else {
            if let Some(early) = self.early.as_mut().filter(|early| early.len() < MOST_EARLY) {
                early.push((id, signal));
            }
            return None;
        };
        let about = about.clone();
        match signal {
            Signal::Token(token) => {
                let fits =
                    token.len() <= LONGEST_TOKEN && token.chars().all(|c| c.is_ascii_graphic());
                self.token = fits.then_some((id, token));
                None
            }
            Signal::Closed => {
                self.shown.remove(&about);
                None
            }
            Signal::Invoked(key) => {
                // What it does not offer is no choice, and it stays.
                let choice = self.shown.get(&about)?.notice.chosen(&key)?;
                self.shown.remove(&about);
                let token = self.token.take().filter(|(of, _)| *of == id).map(|(_, token)| token);
                Some(Answer { about, choice, token })
            }
        }
    }

    /// The number of the notice about this, which is to be closed.
    pub(super) fn take(&mut self, about: &About) -> Option<u32> {
        self.shown.remove(about).map(|shown| shown.id)
    }

    /// What the notices on the screen are about.
    pub(super) fn about_what(&self) -> Vec<About> {
        self.shown.keys().cloned().collect()
    }
}
