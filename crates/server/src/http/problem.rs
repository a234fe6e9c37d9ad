//! The one map from errors to problem details and status codes.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bellhop_api::{Code, Problem};

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
        let code = error.code();
        if matches!(code, Code::Unavailable | Code::Internal) {
            // Whoever runs the backend has to learn of it, too.
            tracing::error!(%error, "a call failed");
        }
        let mut problem = Problem::new(code, error.to_string());
        if let AppError::Outdated { current, .. } = error {
            problem.current = Some(current);
        }
        Self(problem)
    }
}
