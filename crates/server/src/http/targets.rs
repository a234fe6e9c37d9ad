//! What can be asked for, and why.

use axum::Json;
use axum::extract::State;
use bellhop_api::{ExplainQuery, Explanation, TargetList, TargetQuery};

use super::actor::By;
use super::body::Asked;
use super::describe::Paged;
use super::{Answer, Shared};
use crate::app::{plan, targets};

/// Search what the caller may request, the best match first
#[utoipa::path(get, path = "/targets", operation_id = "search_targets", tag = "targets",
    params(TargetQuery),
    responses((status = 200, description = "A page", body = TargetList), Paged))]
pub(super) async fn search(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<TargetQuery>,
) -> Answer<TargetList> {
    Ok(Json(targets::search(&app, &caller.person, query).await?))
}

/// Explain whether somebody may ask for a target, and why
///
/// Admins and auditors may name somebody else.
#[utoipa::path(get, path = "/flows/explain", operation_id = "explain_target", tag = "targets",
    params(ExplainQuery),
    responses((status = 200, description = "What asking would come to", body = Explanation), Paged))]
pub(super) async fn explain(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<ExplainQuery>,
) -> Answer<Explanation> {
    Ok(Json(plan::explain(&app, &caller, query).await?))
}
