//! The audit log as a stream of lines, read page by page as the client takes it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bellhop_api::{ExportFormat, ExportQuery};
use futures::StreamExt as _;

use super::actor::By;
use super::body::Asked;
use super::describe::Usual;
use super::problem::Failed;
use crate::app::{App, audit};

/// Export the audit log
///
/// For auditors and admins. One row a line, oldest first, up to where the log ended when the export
/// began: `{"hash":"…","event":…}`, with the event byte for byte as it is stored, so that the hash
/// (SHA-256, in hexadecimal) can be made from it again. Or as a table for people, with
/// `format=csv`.
#[utoipa::path(get, path = "/audit/export", operation_id = "export_audit", tag = "audit", params(ExportQuery),
    responses((status = 200, description = "The rows", body = str, content_type = "application/jsonl"), Usual))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    By(caller): By,
    Asked(query): Asked<ExportQuery>,
) -> Result<Response, Failed> {
    let end = audit::export_end(&app, &caller).await?;
    let begin = query.after.unwrap_or(0).max(0);
    let format = query.format;
    let pages = futures::stream::try_unfold(begin, move |after| {
        let (app, caller) = (Arc::clone(&app), caller.clone());
        async move {
            let page = audit::export(&app, &caller, (after, end), format).await;
            // An answer that breaks off is all that can be said once it has begun.
            page.inspect_err(|error| tracing::error!(%error, after, "an export broke off"))
        }
    });
    let kind = match format {
        ExportFormat::Jsonl => "application/jsonl",
        ExportFormat::Csv => "text/csv; charset=utf-8",
    };
    let head = futures::stream::once(async move { Ok(audit::export_head(format).to_owned()) });
    let text = Body::from_stream(head.chain(pages));
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
