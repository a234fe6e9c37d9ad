//! The audit log as a stream of lines, read page by page as the client takes it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bellhop_api::ExportQuery;

use super::actor::By;
use super::body::Asked;
use super::problem::Failed;
use crate::app::{App, audit};

/// `GET /api/v1/audit/export`
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    By(caller): By,
    Asked(query): Asked<ExportQuery>,
) -> Result<Response, Failed> {
    let end = audit::export_end(&app, &caller).await?;
    let begin = query.after.unwrap_or(0).max(0);
    let pages = futures::stream::try_unfold(begin, move |after| {
        let (app, caller) = (Arc::clone(&app), caller.clone());
        async move {
            let page = audit::export(&app, &caller, (after, end)).await;
            // An answer that breaks off is all that can be said once it has begun.
            page.inspect_err(|error| tracing::error!(%error, after, "an export broke off"))
        }
    });
    let kind = [(header::CONTENT_TYPE, "application/jsonl")];
    Ok((kind, Body::from_stream(pages)).into_response())
}
