//! The audit log, read and checked.

use axum::Json;
use axum::extract::State;
use bellhop_api::{AuditPage, AuditQuery, AuditVerdict};

use super::actor::By;
use super::body::Asked;
use super::describe::{Paged, Usual};
use super::{Answer, Shared};
use crate::app::audit;

/// List rows of the audit log
///
/// Members name one of their requests; auditors and admins see all. Without `after` the newest rows
/// come first, and each further page is older. With `after` the rows that follow it come, and each
/// further page is newer. Within a page the oldest row is first.
///
/// What narrows the list down counts together. One call looks at no more than some thousand rows, so
/// that a page may have few, or none: go on while there is a `next`.
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "A page", body = AuditPage), Paged))]
pub(super) async fn list(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<AuditQuery>,
) -> Answer<AuditPage> {
    Ok(Json(audit::list(&app, &caller.person, query).await?))
}

/// Check the whole audit log
///
/// For auditors and admins. Walks the chain from the first row to the newest.
#[utoipa::path(get, path = "/audit/verify", operation_id = "verify_audit", tag = "audit",
    responses((status = 200, description = "Whether every row fits the one before it", body = AuditVerdict), Usual))]
pub(super) async fn verify(State(app): Shared, By(caller): By) -> Answer<AuditVerdict> {
    Ok(Json(audit::verify(&app, &caller.person).await?))
}
