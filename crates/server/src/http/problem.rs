//! The one map from errors to problem details and status codes.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bellhop_api::{Code, Problem};
use bellhop_connectors::Fault;
use bellhop_domain::Refusal;
use bellhop_store::StoreError;

use crate::app::AppError;

/// The media type of RFC 9457.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// A call that was not carried out.
pub(super) struct Failed(Box<Problem>);

impl Failed {
    /// For this reason.
    pub(super) fn of(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status);
        let wait = self.0.retry_after_seconds.map(HeaderValue::from);
        let mut answer =
            (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(self.0)).into_response();
        let kind = HeaderValue::from_static(PROBLEM_JSON);
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(wait) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        answer
    }
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        let code = error.code();
        if matches!(code, Code::Unavailable | Code::Internal) {
            // Whoever runs the backend has to learn of it, too.
            tracing::error!(%error, "a call failed");
        }
        let mut problem = Problem::new(code, error.to_string());
        problem.next = advice(&error);
        if let AppError::Outdated { current, .. } = error {
            problem.current = Some(current);
        } else if let AppError::OtherPlan(plan) = error {
            problem.plan = Some(plan);
        }
        Self::of(problem)
    }
}

/// What to do next, where the error's own text does not say it.
fn advice(error: &AppError) -> Option<String> {
    let text = match error {
        AppError::Refused(refusal) | AppError::Outdated { refusal, .. } => match refusal {
            Refusal::PastDeadline { .. } => "Ask anew if you still need it",
            Refusal::SystemClosed { .. } => "`bellhop integrations` says what is wrong with it",
            Refusal::NotApprover { .. } => "Ask one of them",
            Refusal::AlreadyDecided { number, .. } => {
                return Some(format!("See bellhop show {number}"));
            }
            Refusal::NoExtension { .. } => "Ask anew for what comes after it",
            Refusal::NotEntitled(_)
            | Refusal::ReasonMissing { .. }
            | Refusal::BadText(_)
            | Refusal::TooLong { .. }
            | Refusal::NotShorter { .. }
            | Refusal::BadTargets(_)
            | Refusal::NotYours { .. }
            | Refusal::WrongState { .. }
            | Refusal::NoLongerAllowed { .. }
            | Refusal::ClockBehind { .. }
            | Refusal::Unread { .. }
            | Refusal::UnknownSystem { .. }
            | Refusal::NobodyDecides { .. }
            | Refusal::OwnRequest { .. }
            | Refusal::LinkedByRequester { .. }
            | Refusal::Lapsed { .. }
            | Refusal::ContentChanged { .. } => return None,
        },
        AppError::BadCursor(_) => "Begin again without a cursor",
        AppError::Store(StoreError::Unavailable { .. } | StoreError::Conflict { .. }) => {
            "Send the same call again in a moment"
        }
        AppError::Store(_) | AppError::Table(_) => "Look at the log: bellhop serve writes it",
        AppError::Fault(Fault::Unavailable(_) | Fault::Throttled { .. }) => "Try again in a moment",
        AppError::Fault(_)
        | AppError::Advised { .. }
        | AppError::Forbidden(_)
        | AppError::Conflict(_)
        | AppError::OtherPlan(_)
        | AppError::Config(_)
        | AppError::NotFound(_)
        | AppError::Invalid(_) => return None,
    };
    Some(text.to_owned())
}
