//! What the tray shows, as plain data made of the state: no Tauri types, no clock, no files.

mod menu;
mod words;

#[cfg(test)]
mod tests;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::state::{Link, Read, State};

/// With this much time left, access is about to end.
const SOON: TimeDelta = TimeDelta::minutes(10);
/// A backend that is started anew is there again by then: no reason to alarm anybody.
const PATIENCE: TimeDelta = TimeDelta::seconds(15);

/// What the tray shows at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// The icon in the panel.
    pub icon: Icon,
    /// What is said about it where a panel shows that.
    pub tooltip: String,
    /// How many accesses are active.
    pub active: usize,
    /// The menu, from top to bottom.
    pub items: Vec<Item>,
}

/// The tray icon, one for each state that can be told apart at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Nothing is active.
    Idle,
    /// Some access is active.
    Active,
    /// Something needs the person at this computer.
    Attention,
    /// The backend cannot be reached.
    Offline,
}

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Grey text that cannot be chosen.
    Note(String),
    /// A line between groups.
    Separator,
    /// Text that does something when it is chosen.
    Button {
        /// The text.
        label: String,
        /// What choosing it does.
        action: Action,
    },
    /// The same with a mark that says whether it is so now.
    Check {
        /// The text.
        label: String,
        /// Whether it is so.
        on: bool,
        /// What choosing it does.
        action: Action,
    },
    /// A menu of its own.
    Menu {
        /// The text.
        label: String,
        /// What is in it.
        items: Vec<Self>,
    },
}

/// What choosing an item does. It names what it is about, so that a choice from a menu that was
/// replaced meanwhile is never about something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Looks for the backend now, and starts it.
    TryAgain,
    /// Opens a window.
    Open(Page),
    /// Makes the context of a request's access current.
    UseContext(String),
    /// Copies the command that leads to the access of a request.
    CopyCommand(String),
    /// Asks for more time.
    Extend(String),
    /// Ends the access of one's own request.
    End(String),
    /// Takes one's own request back.
    Withdraw(String),
    /// Asks for the same once more.
    Again(String),
    /// Makes a kubectl context current.
    Hop(String),
    /// Makes the one current that was before.
    HopBack,
    /// Holds notifications back for an hour.
    Pause,
    /// Lets them come again.
    Resume,
    /// Ends the tray app. The backend goes on.
    Quit,
    /// The same, and starts the tray app that is installed by now.
    Restart,
}

/// A window with a page in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The list of access.
    Access,
    /// The quick-request palette.
    Palette,
    /// One request.
    Request(String),
    /// What waits for the user.
    Approvals,
    /// What is connected, and what can be.
    Integrations,
    /// Who may ask for what.
    Flows,
    /// The kubectl contexts.
    Contexts,
    /// What happened.
    Activity,
    /// The settings.
    Settings,
    /// The question whether to hop to a context of production.
    Confirm(String),
    /// Something of the desktop is missing, and what to do.
    Trouble(Missing),
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The backend.
    Backend,
    /// A panel that shows tray icons.
    Tray,
    /// The global shortcut.
    Shortcut,
}

impl Action {
    /// The name under which the menu carries this action.
    pub fn id(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The action that the menu carries under `id`.
    pub fn from_id(id: &str) -> Option<Self> {
        serde_json::from_str(id).ok()
    }
}

/// The tray as it looks at this moment, in the zone of the user's clock.
pub fn tray(state: &State, now: DateTime<FixedOffset>) -> Tray {
    let utc = now.with_timezone(&Utc);
    let twelve_hours = state.manners.as_ref().is_some_and(|manners| manners.twelve_hours);
    let wall = words::Wall { now, twelve_hours };
    let active = state.read.iter().flat_map(Read::own).filter(|r| r.status == "active").count();
    Tray {
        icon: icon(state, active, utc),
        tooltip: words::tooltip(state, active, wall),
        active,
        items: menu::items(state, wall),
    }
}

fn icon(state: &State, active: usize, now: DateTime<Utc>) -> Icon {
    match (is_away(&state.link, now), &state.read) {
        (true, _) => Icon::Offline,
        (false, Some(read)) if needs_me(read, now) => Icon::Attention,
        (false, _) if active > 0 => Icon::Active,
        (false, _) => Icon::Idle,
    }
}

/// Whether the backend is away for so long that it is worth a word.
fn is_away(link: &Link, now: DateTime<Utc>) -> bool {
    match link {
        Link::Starting | Link::Up => false,
        Link::Away { stopped: true, .. } => true,
        Link::Away { since, .. } => now - *since >= PATIENCE,
    }
}

/// Whether something needs the user: a decision, an end that comes, or one that did not come.
fn needs_me(read: &Read, now: DateTime<Utc>) -> bool {
    let ends_soon = |deadline: Option<DateTime<Utc>>| deadline.is_some_and(|at| at - now <= SOON);
    !read.for_me().is_empty()
        || read.own().any(|request| match request.status.as_str() {
            "active" => ends_soon(request.deadline),
            "revoking" => request.label == words::MAY_STILL_BE_OPEN,
            _ => false,
        })
}
