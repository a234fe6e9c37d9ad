//! A notice as plain data.

use serde::{Deserialize, Serialize};

/// What a notice is about. At most one is on the screen for each: a newer one takes its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "about", content = "name", rename_all = "snake_case")]
pub enum About {
    /// A request, by its number: `R-1042`.
    Request(String),
    /// An integration, by its name.
    Integration(String),
    /// The backend.
    Backend,
    /// Something on the person's own machine.
    Machine,
    /// Several things at once.
    Several,
}

impl About {
    /// The number, when it is about one request.
    pub fn request(&self) -> Option<&str> {
        match self {
            Self::Request(number) => Some(number),
            Self::Integration(_) | Self::Backend | Self::Machine | Self::Several => None,
        }
    }
}

/// What somebody can choose in a notice. None of them decides about anybody's request: what would
/// is only a way to where it is shown whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Shows what the notice is about.
    Open,
    /// Shows the request with Approve at hand, and decides nothing.
    ReviewToApprove,
    /// Shows the request with the note for a denial at hand, and decides nothing.
    ReviewToDeny,
    /// Makes the context of the access the current one.
    UseContext,
    /// Copies the command that uses the access.
    CopyCommand,
    /// Asks for more time.
    Extend,
    /// Gives the access back. Offered to its holder alone.
    EndNow,
    /// Asks for the same again.
    RequestAgain,
    /// Opens the asking for this target, whole.
    RequestInstead(String),
    /// Tries to reach the backend again.
    TryAgain,
}

impl Choice {
    /// What the notification service calls it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::ReviewToApprove => "approve",
            Self::ReviewToDeny => "deny",
            Self::UseContext => "use-context",
            Self::CopyCommand => "copy-command",
            Self::Extend => "extend",
            Self::EndNow => "end-now",
            Self::RequestAgain => "request-again",
            Self::RequestInstead(_) => "request-instead",
            Self::TryAgain => "try-again",
        }
    }
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it says.
    pub label: String,
    /// What pressing it means.
    pub choice: Choice,
}

/// How much a notice presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// It may be overlooked.
    Low,
    /// As usual.
    Normal,
    /// It stays until somebody saw it.
    Critical,
}

/// Something to tell. Its texts are plain: one line each, no markup, nothing hidden in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about. A click anywhere opens that.
    pub about: About,
    /// Fewer than 40 characters.
    pub title: String,
    /// One sentence or two, at most 300 characters.
    pub body: String,
    /// At most two, the likely one first.
    pub actions: Vec<Action>,
    /// Whether one short bell is heard.
    pub sound: bool,
    /// How much it presses.
    pub urgency: Urgency,
}

impl Notice {
    /// A quiet one without buttons.
    pub(crate) fn new(about: About, title: String, body: String) -> Self {
        let (actions, sound, urgency) = (Vec::new(), false, Urgency::Normal);
        Self { about, title, body, actions, sound, urgency }
    }

    /// The same with these buttons.
    #[must_use]
    pub(crate) fn offering(
        mut self,
        offers: impl IntoIterator<Item = (&'static str, Choice)>,
    ) -> Self {
        let action = |(label, choice): (&str, Choice)| Action { label: label.to_owned(), choice };
        self.actions = offers.into_iter().map(action).take(2).collect();
        self
    }

    /// The same with a bell.
    #[must_use]
    pub(crate) fn aloud(mut self) -> Self {
        self.sound = true;
        self
    }

    /// The same, pressing this much.
    #[must_use]
    pub(crate) fn pressing(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    /// What choosing `key` means here; nothing for what this notice does not offer. A click on the
    /// notice itself is `default`.
    pub fn chosen(&self, key: &str) -> Option<Choice> {
        if key == "default" {
            return Some(Choice::Open);
        }
        self.actions.iter().map(|action| &action.choice).find(|c| c.key() == key).cloned()
    }
}
