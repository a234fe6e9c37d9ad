//! Why a use case was not carried out.

use bellhop_connectors::Fault;
use bellhop_domain::Refusal;
use bellhop_store::StoreError;

/// A use case that was not carried out. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Whoever acted saw an old picture; this is the present one.
    #[error("{refusal}")]
    Outdated {
        /// Why it was not carried out.
        refusal: Refusal,
        /// The request as it is.
        current: Box<bellhop_api::Request>,
    },
    /// The store failed, or the row was changed by somebody else.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A connected system failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such thing, or it is not for whoever asks.
    #[error("{0}")]
    NotFound(String),
    /// Whoever asks may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Not as things are now; it may be carried out later.
    #[error("{0}")]
    Conflict(String),
    /// The input does not read.
    #[error("{0}")]
    Invalid(String),
}
