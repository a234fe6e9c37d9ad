//! What the tray app knows at one moment: all of it read from the backend and from the kubeconfig,
//! none of it decided here.

use bellhop_api::{Me, Request};
use chrono::{DateTime, Utc};

use crate::manners::Manners;

/// Everything that a menu is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// How the backend is reached.
    pub link: Link,
    /// What was read last. While the backend is away it is as old as it says.
    pub read: Option<Read>,
    /// When that was.
    pub read_at: Option<DateTime<Utc>>,
    /// The kubectl contexts of all kubeconfig files.
    pub contexts: Vec<Context>,
    /// Notifications are held back until then.
    pub paused_until: Option<DateTime<Utc>>,
    /// The backend's version, where it is newer than this app.
    pub newer: Option<String>,
    /// The key combination that opens the palette, when it could be had.
    pub shortcut: Option<String>,
    /// How the user wants it, once it was read.
    pub manners: Option<Manners>,
}

/// How the backend is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nobody answered yet, and none was expected to.
    #[default]
    Starting,
    /// It answers.
    Up,
    /// It does not.
    Away {
        /// Since when.
        since: DateTime<Utc>,
        /// What the system said.
        why: String,
        /// It ended in good order: somebody stopped it, and is not to find it running again.
        stopped: bool,
    },
}

/// What was read from the backend, all of it after one change and before the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Whom the backend takes the user of this desktop for.
    pub me: Me,
    /// Requests that are not over: the user's own, and those that they may decide.
    pub open: Vec<Request>,
    /// The user's own last requests, newest first, also those that are over.
    pub recent: Vec<Request>,
}

/// A kubectl context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// Whether kubectl uses it when nothing else is said.
    pub current: bool,
    /// Whether Bellhop made it.
    pub ours: bool,
}

impl Read {
    /// The user's own requests that are not over.
    pub fn own(&self) -> impl Iterator<Item = &Request> {
        self.open.iter().filter(|request| request.requester == self.me.handle)
    }

    /// What waits for the user to decide it, the oldest first.
    pub fn for_me(&self) -> Vec<&Request> {
        let asked = |request: &&Request| request.waits.as_ref().is_some_and(|waits| waits.for_you);
        let mut waiting: Vec<_> = self.open.iter().filter(asked).collect();
        waiting.sort_by_key(|request| (asked_at(request), request.number.clone()));
        waiting
    }
}

/// When somebody was asked last about a request: for more time, or at first.
fn asked_at(request: &Request) -> DateTime<Utc> {
    let extension = request.extension.as_ref().filter(|extension| extension.decision.is_none());
    extension.map_or(request.submitted_at, |extension| extension.asked_at)
}
