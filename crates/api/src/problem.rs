//! Errors on the wire: RFC 9457 problem details with a stable code.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{FlowPlan, Request};

/// What went wrong, why, and what to do next (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// The code in words.
    #[schema(example = "There is no such thing")]
    pub title: String,
    /// HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// Stable; match on this.
    pub code: Code,
    /// What happened and why, for people.
    #[schema(example = "there is no request R-9, or it is not yours to see")]
    pub detail: String,
    /// What to do next, for people; left out where `detail` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "`bellhop list` shows yours")]
    pub next: Option<String>,
    /// Seconds to wait before the same call may work, as in the header `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// The request as it is now, when the caller acted on an old picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Request>>,
    /// What the files would change by now, when the plan that was shown is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<FlowPlan>>,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal, $title:literal;)+) => {
        /// Stable error codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The HTTP status that goes with the code.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// The code in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// When the code is used.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

codes! {
    /// The cursor is none of this list, or names a place that is not there.
    BadCursor = 400, "The cursor does not fit";
    /// Whoever asks is not known here.
    Unauthenticated = 401, "You are not known here";
    /// Whoever asks may not do this.
    Forbidden = 403, "You may not do this";
    /// No flow allows it.
    NotEntitled = 403, "No flow allows this";
    /// There is no such thing, or it is not for whoever asks.
    NotFound = 404, "There is no such thing";
    /// The backend runs on no machine that is the caller's own.
    NoWorkstation = 404, "This backend has no machine of yours";
    /// The path is there, but not with this method. `Allow` names those that are.
    MethodNotAllowed = 405, "Not with this method";
    /// The thing has changed, or its state does not fit.
    Conflict = 409, "It has changed meanwhile";
    /// A file on the caller's machine is locked, does not read, or does not have what was named.
    WorkstationFailed = 409, "It did not work on this machine";
    /// The body is larger than any call takes.
    BodyTooLarge = 413, "The body is too large";
    /// The address is longer than any call needs.
    AddressTooLong = 414, "The address is too long";
    /// The body is not marked as JSON.
    UnsupportedMediaType = 415, "The body is not JSON";
    /// The input does not read: syntax, unknown fields, out of bounds.
    InvalidInput = 422, "The input is not valid";
    /// Too many calls. `Retry-After` says how many seconds to wait.
    RateLimited = 429, "Too many calls";
    /// The backend failed; its log says more.
    Internal = 500, "The backend failed";
    /// A connected system, or Bellhop's access to it, does not work.
    IntegrationFailed = 502, "A connected system does not work";
    /// The store cannot be used at the moment. The same call may work later.
    Unavailable = 503, "The store cannot be used at the moment";
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
            next: None,
            retry_after_seconds: None,
            current: None,
            plan: None,
        }
    }

    /// The same with what to do next.
    #[must_use]
    pub fn next(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }

    /// The same with how long to wait.
    #[must_use]
    pub fn wait(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }
}

/// What happened, why, and what to do next.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        match &self.next {
            Some(next) => write!(f, ". {next}"),
            None => Ok(()),
        }
    }
}
