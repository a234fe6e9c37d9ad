//! Why a call to a connected system did not work, in the terms that decide what happens next.

use std::time::Duration;

/// A failed call. Every message says what happened and, where somebody can act, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No answer, or one that says "later": tried again.
    #[error("{0}")]
    Unavailable(String),
    /// The system asks for a pause.
    #[error("{message}")]
    Throttled {
        /// What it said.
        message: String,
        /// How long to wait.
        after: Duration,
    },
    /// Bellhop's own rights or credential do not allow the call.
    #[error("{0}")]
    NotAllowed(String),
    /// The target does not exist (any more).
    #[error("{0}")]
    TargetGone(String),
    /// This is not the system that was connected.
    #[error("{0}")]
    WrongSystem(String),
    /// Trying again cannot help: the target, permission or setting is wrong.
    #[error("{0}")]
    Impossible(String),
}
