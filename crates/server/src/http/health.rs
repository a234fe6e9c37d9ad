//! For whoever watches over the backend.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bellhop_api::{Code, Problem};
use bellhop_store::figures;
use chrono::{DateTime, Utc};

use super::Shared;
use super::actor::By;
use super::describe::{Anyone, Ready, Usual};
use super::problem::Failed;
use crate::app::{App, AppError, pulse};

/// Whether the backend is alive
///
/// Answered to everybody who reaches the backend.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "It is", body = str, content_type = "text/plain", example = "ok\n"), Anyone))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the backend can be used
///
/// The store answers, the worker works, and nobody stops the backend. Answered to everybody who
/// reaches it.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()),
    responses((status = 200, description = "It can", body = str, content_type = "text/plain", example = "ready\n"), Ready))]
pub(super) async fn readyz(State(app): Shared) -> Result<&'static str, Failed> {
    let wrong = pulse::whats_wrong(&app).await;
    if wrong.is_empty() {
        return Ok("ready\n");
    }
    let problem = Problem::new(Code::Unavailable, wrong.join("; "));
    Err(Failed::of(problem.next("Wait a moment; if it stays so, look at the log of bellhop serve")))
}

/// What is measured
///
/// `OpenMetrics` text, for Prometheus. Labels are templates of routes, kinds and states, never ids or
/// names.
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, description = "Everything that is measured", body = str, content_type = OPEN_METRICS), Usual))]
pub(super) async fn metrics(State(app): Shared, By(_): By) -> Result<Response, Failed> {
    let mut tx = app.store.read().await.map_err(AppError::from)?;
    let figures = figures::count(&mut tx).await.map_err(AppError::from)?;
    let text = app.metrics.text(&figures, tx.now()).map_err(|_| {
        Failed::of(Problem::new(Code::Internal, "what is measured could not be written down"))
    })?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Says the time by which access ends, so that countdowns are right where somebody set a clock.
fn dated(mut answer: Response, now: DateTime<Utc>) -> Response {
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::try_from(date) {
        answer.headers_mut().insert(header::DATE, date);
    }
    answer
}

/// Counts every call that is answered.
pub(super) async fn counted(
    State(app): State<Arc<App>>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let answer = dated(next.run(request).await, app.store.now());
    let route = path.as_ref().map(MatchedPath::as_str);
    app.metrics.call(method.as_str(), route, answer.status().as_u16());
    answer
}
