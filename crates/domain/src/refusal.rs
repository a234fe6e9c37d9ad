//! Why a command was not carried out. Nothing changed, and each message says what to do next.

use chrono::{DateTime, Utc};

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
    /// An approval for longer than was asked for, or a length of time where none is decided about.
    #[error(
        "{number} asks for {asked}, and {given} is no shorter time to approve it for. Approve the \
         request itself for {asked} or less, or as it is: bellhop approve {number}"
    )]
    NotShorter {
        /// The request.
        number: RequestNumber,
        /// How long it asks for.
        asked: Span,
        /// What was to be given.
        given: Span,
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
    /// What was allowed when it was asked for is not allowed any more.
    #[error("{number} is not allowed any more: {why}. Ask again if you still need it")]
    NoLongerAllowed {
        /// The request.
        number: RequestNumber,
        /// What changed.
        why: String,
    },
    /// The clock of this machine cannot be trusted with a deadline.
    #[error(
        "no new access is given: the clock stands {seconds} seconds before the newest entry of \
         the audit log. Set the machine's clock right, or wait until it has caught up"
    )]
    ClockBehind {
        /// By how much.
        seconds: i64,
    },
    /// The configuration does not read, so nobody can say what it allows.
    #[error(
        "no new access is given, because the configuration does not read. What is open stays until \
         its end.\n{why}\nCorrect it, then: bellhop apply"
    )]
    Unread {
        /// Which file, where, and what is wrong there.
        why: String,
    },
    /// No integration has this name.
    #[error(
        "there is no integration \"{name}\". Known integrations: {}. What you may request there: bellhop search",
        list(known)
    )]
    UnknownSystem {
        /// What was asked.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// One that could not take access away must not give it.
    #[error("{name} takes no new access: {why}")]
    SystemClosed {
        /// The integration.
        name: String,
        /// Why.
        why: String,
    },
    /// The flow's approvers are nobody, or nobody who may decide about this requester.
    #[error(
        "nobody could approve this: the flow \"{flow}\" names {} as approvers, and of these \
         nobody is known, active and somebody else than you. An admin can name others",
        list(named)
    )]
    NobodyDecides {
        /// The flow's name.
        flow: String,
        /// The handles that it names.
        named: Vec<String>,
    },
    /// Whoever decides is none of the approvers now.
    #[error("you are none of the approvers of {number}. The flow \"{flow}\" names {}", list(named))]
    NotApprover {
        /// The request.
        number: RequestNumber,
        /// The flow's id.
        flow: String,
        /// The handles that it names.
        named: Vec<String>,
    },
    /// The requester decides about the own request, under whichever name.
    #[error(
        "{number} is your own request, and nobody decides about their own. Ask another approver"
    )]
    OwnRequest {
        /// The request.
        number: RequestNumber,
    },
    /// The link between the face's account and the approver was made by the requester.
    #[error(
        "your {provider} account was linked by the requester of {number} after it was asked for, \
         so it cannot decide about it. Decide under another account, or ask another approver"
    )]
    LinkedByRequester {
        /// The request.
        number: RequestNumber,
        /// Which account.
        provider: String,
    },
    /// Somebody was faster, or the same person said otherwise before.
    #[error("{number} was {what} by {by} at {}", at.format("%Y-%m-%d %H:%M:%S UTC"))]
    AlreadyDecided {
        /// The request.
        number: RequestNumber,
        /// What was decided, as a participle.
        what: &'static str,
        /// By whom.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Nobody decided in time.
    #[error(
        "{number} got no answer until {} and cannot be decided any more. It can be asked again",
        lapsed_at.format("%Y-%m-%d %H:%M:%S UTC")
    )]
    Lapsed {
        /// The request.
        number: RequestNumber,
        /// When it lapsed.
        lapsed_at: DateTime<Utc>,
    },
    /// What was shown is not what would be decided.
    #[error(
        "{number} is not what you were shown any more. Look at it again: bellhop show {number}"
    )]
    ContentChanged {
        /// The request.
        number: RequestNumber,
    },
    /// More time is not to be had.
    #[error("{number} cannot be extended: {why}")]
    NoExtension {
        /// The request.
        number: RequestNumber,
        /// Why not.
        why: String,
    },
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
