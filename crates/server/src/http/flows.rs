//! Flows and integrations as files.

use axum::Json;
use axum::extract::State;
use bellhop_api::{ApplyFlows, ExportedFlows, FlowPlan, PlanFlows, ShownFlows};

use super::actor::By;
use super::body::Input;
use super::describe::{Change, Usual};
use super::{Answer, Shared};
use crate::app::{configuration, flows};

/// Show what configuration files would change
///
/// For admins. Nothing is stored. The body may have 2.5 MiB, the files 1 MiB in all.
#[utoipa::path(post, path = "/flows/plan", operation_id = "plan_flows", tag = "flows",
    request_body = PlanFlows,
    responses((status = 200, description = "The plan", body = FlowPlan), Change))]
pub(super) async fn plan(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<PlanFlows>,
) -> Answer<FlowPlan> {
    Ok(Json(configuration::plan(&app, &caller, body).await?))
}

/// Apply configuration files
///
/// For admins. Applies exactly the plan that is named, in one transaction, or nothing: where the
/// files come to another plan by now, the conflict has that plan. Refused while an integration that
/// would be removed has open access, and where the backend's own configuration folder says something
/// else. Live grants stay, pending requests are asked again.
#[utoipa::path(post, path = "/flows/apply", operation_id = "apply_flows", tag = "flows",
    request_body = ApplyFlows,
    responses((status = 200, description = "The plan that was applied", body = FlowPlan), Change))]
pub(super) async fn apply(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<ApplyFlows>,
) -> Answer<FlowPlan> {
    Ok(Json(configuration::apply(&app, &caller, body).await?))
}

/// Show the configuration files in force
///
/// For admins.
#[utoipa::path(get, path = "/flows/export", operation_id = "export_flows", tag = "flows",
    responses((status = 200, description = "The files, as they were put in force", body = ExportedFlows), Usual))]
pub(super) async fn export(State(app): Shared, By(caller): By) -> Answer<ExportedFlows> {
    Ok(Json(configuration::export(&app, &caller).await?))
}

/// List the flows in force
///
/// Admins and auditors see all of them, members those that let them ask.
#[utoipa::path(get, path = "/flows", operation_id = "list_flows", tag = "flows",
    responses((status = 200, description = "The flows", body = ShownFlows), Usual))]
pub(super) async fn list(State(app): Shared, By(caller): By) -> Answer<ShownFlows> {
    Ok(Json(flows::list(&app, &caller).await?))
}
