//! Why a use case was not carried out.

use bellhop_api::Code;
use bellhop_connectors::Fault;
use bellhop_domain::Refusal;
use bellhop_store::StoreError;

/// A use case that was not carried out. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The rules say no, and this may help.
    #[error("{refusal}. {advice}")]
    Advised {
        /// Why it was not carried out.
        refusal: Refusal,
        /// What may have been meant.
        advice: String,
    },
    /// Whoever acted saw an old picture; this is the present one.
    #[error("{refusal}")]
    Outdated {
        /// Why it was not carried out.
        refusal: Refusal,
        /// The request as it is.
        current: Box<bellhop_api::Request>,
    },
    /// The plan that was shown is not what the files come to by now; this is.
    #[error(
        "the plan is another one than you were shown: flows or integrations were changed meanwhile. \
         Nothing was applied. Look at the new plan, and apply that"
    )]
    OtherPlan(Box<bellhop_api::FlowPlan>),
    /// The configuration does not read.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The store failed, or the row was changed by somebody else.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A connected system failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A row of the audit log is no line of a table.
    #[error("a row of the audit log could not be written: {0}")]
    Table(#[from] csv::Error),
    /// There is no such thing, or it is not for whoever asks.
    #[error("{0}")]
    NotFound(String),
    /// Whoever asks may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Not as things are now; it may be carried out later.
    #[error("{0}")]
    Conflict(String),
    /// The cursor of a list is none of it.
    #[error("{0}")]
    BadCursor(String),
    /// The input does not read.
    #[error("{0}")]
    Invalid(String),
}

impl AppError {
    /// The stable code that goes with it.
    pub fn code(&self) -> Code {
        match self {
            AppError::Refused(refusal)
            | AppError::Advised { refusal, .. }
            | AppError::Outdated { refusal, .. } => refusal_code(refusal),
            AppError::Store(StoreError::Conflict { .. })
            | AppError::Conflict(_)
            | AppError::OtherPlan(_) => Code::Conflict,
            AppError::Store(StoreError::Unavailable { .. }) => Code::Unavailable,
            AppError::Store(_) | AppError::Table(_) => Code::Internal,
            AppError::Fault(fault) => fault_code(fault),
            AppError::NotFound(_) => Code::NotFound,
            AppError::Forbidden(_) => Code::Forbidden,
            AppError::Invalid(_) | AppError::Config(_) => Code::InvalidInput,
            AppError::BadCursor(_) => Code::BadCursor,
        }
    }
}

fn refusal_code(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::NotEntitled(_) | Refusal::NobodyDecides { .. } => Code::NotEntitled,
        Refusal::UnknownSystem { .. } => Code::NotFound,
        Refusal::SystemClosed { .. } | Refusal::ClockBehind { .. } => Code::IntegrationFailed,
        Refusal::ReasonMissing { .. }
        | Refusal::BadText(_)
        | Refusal::TooLong { .. }
        | Refusal::NotShorter { .. }
        | Refusal::BadTargets(_) => Code::InvalidInput,
        Refusal::NotYours { .. }
        | Refusal::NotApprover { .. }
        | Refusal::OwnRequest { .. }
        | Refusal::LinkedByRequester { .. } => Code::Forbidden,
        Refusal::WrongState { .. }
        | Refusal::PastDeadline { .. }
        | Refusal::NoLongerAllowed { .. }
        | Refusal::AlreadyDecided { .. }
        | Refusal::Lapsed { .. }
        | Refusal::Unread { .. }
        | Refusal::ContentChanged { .. }
        | Refusal::NoExtension { .. } => Code::Conflict,
    }
}

fn fault_code(fault: &Fault) -> Code {
    match fault {
        Fault::Impossible(_) | Fault::TargetGone(_) => Code::InvalidInput,
        Fault::Unavailable(_)
        | Fault::Throttled { .. }
        | Fault::NotAllowed(_)
        | Fault::WrongSystem(_) => Code::IntegrationFailed,
    }
}
