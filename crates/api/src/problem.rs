//! Errors on the wire: RFC 9457 problem details with a stable code.

use serde::{Deserialize, Serialize};

use crate::Request;

/// What went wrong. `detail` says what happened, why, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable; match on this.
    pub code: Code,
    /// What happened, why, and what to do next.
    pub detail: String,
    /// The request as it is now, when the caller acted on an old picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Request>>,
}

/// Stable error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The input does not read: syntax, unknown fields, out of bounds.
    InvalidInput,
    /// Whoever asks is not known here.
    Unauthenticated,
    /// Whoever asks may not do this.
    Forbidden,
    /// No flow allows it.
    NotEntitled,
    /// There is no such thing, or it is not for whoever asks.
    NotFound,
    /// The thing has changed, or its state does not fit.
    Conflict,
    /// A connected system, or Bellhop's access to it, does not work.
    IntegrationFailed,
    /// Too many calls.
    RateLimited,
    /// The store cannot be used at the moment. The same call may work later.
    Unavailable,
    /// The backend failed; its log says more.
    Internal,
}

impl Code {
    /// The HTTP status that goes with the code.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidInput => 422,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::NotEntitled => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::RateLimited => 429,
            Self::IntegrationFailed => 502,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidInput => "The input is not valid",
            Self::Unauthenticated => "You are not known here",
            Self::Forbidden => "You may not do this",
            Self::NotEntitled => "No flow allows this",
            Self::NotFound => "There is no such thing",
            Self::Conflict => "It has changed meanwhile",
            Self::IntegrationFailed => "A connected system does not work",
            Self::RateLimited => "Too many calls",
            Self::Unavailable => "The store cannot be used at the moment",
            Self::Internal => "The backend failed",
        }
    }
}

impl Problem {
    /// A problem of this code.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            current: None,
        }
    }
}
