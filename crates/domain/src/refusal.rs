//! Why a command was not carried out. Nothing changed, and each message says what to do next.

use crate::{RequestNumber, Span};

/// A refused command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person may not ask under this flow, or it does not cover the target.
    #[error("{0}")]
    NotEntitled(String),
    /// The flow wants a reason.
    #[error("the flow \"{flow}\" asks for a reason. Say why you need this: --reason \"…\"")]
    ReasonMissing {
        /// The flow's name.
        flow: String,
    },
    /// Text that is too long or has characters that nobody can see.
    #[error("{0}")]
    BadText(String),
    /// Longer than the flow allows.
    #[error(
        "{asked} is longer than the flow \"{flow}\" allows. Ask for {max} or less: --for {max}"
    )]
    TooLong {
        /// What was asked.
        asked: Span,
        /// The flow's name.
        flow: String,
        /// The longest it allows.
        max: Span,
    },
    /// No target, the same one twice, or too many.
    #[error("{0}")]
    BadTargets(String),
    /// Somebody else's access.
    #[error("{number} is not yours to end. Its requester or an admin can: bellhop end {number}")]
    NotYours {
        /// The request.
        number: RequestNumber,
    },
    /// The step does not fit the present state; whoever asked acted on an old picture.
    #[error("{number} is {state} now, so it cannot be {verb}. See bellhop show {number}")]
    WrongState {
        /// The request.
        number: RequestNumber,
        /// Its state.
        state: &'static str,
        /// What was asked, as a participle.
        verb: &'static str,
    },
    /// The deadline has passed; whatever is there is being taken away.
    #[error("{number} has passed its deadline and is being ended")]
    PastDeadline {
        /// The request.
        number: RequestNumber,
    },
}
