//! The one map from errors to problem details and status codes.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bellhop_api::{Code, Problem};
use bellhop_connectors::Fault;
use bellhop_domain::Refusal;
use bellhop_store::StoreError;

use crate::app::AppError;

/// A call that was not carried out.
pub(super) struct Failed(pub(super) Problem);

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status);
        let mut answer =
            (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(self.0)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        answer
    }
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        let code = match &error {
            AppError::Refused(refusal) | AppError::Outdated { refusal, .. } => {
                refusal_code(refusal)
            }
            AppError::Store(StoreError::Conflict { .. }) | AppError::Conflict(_) => Code::Conflict,
            AppError::Store(store) => {
                // Whoever runs the backend has to learn of it, too.
                tracing::error!(%error, "a call failed");
                if matches!(store, StoreError::Unavailable { .. }) {
                    Code::Unavailable
                } else {
                    Code::Internal
                }
            }
            AppError::Fault(fault) => fault_code(fault),
            AppError::NotFound(_) => Code::NotFound,
            AppError::Forbidden(_) => Code::Forbidden,
            AppError::Invalid(_) => Code::InvalidInput,
        };
        let mut problem = Problem::new(code, error.to_string());
        if let AppError::Outdated { current, .. } = error {
            problem.current = Some(current);
        }
        Self(problem)
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
