//! Connecting with a context of the caller's own machine, which a page can only name.

use axum::Json;
use bellhop_api::{ConnectHere, ConnectPreview, Connected, DisconnectHere, Disconnected};

use super::actor::{By, own_machine};
use super::body::Input;
use super::describe::{Change, Machine};
use super::{Answer, Shared};
use crate::app::here;
use axum::extract::State;

/// See what connecting a cluster would come to
///
/// For admins, on their own machine. Reads the named context, asks the cluster, and changes nothing:
/// each check says how it is, and what to do. What the context holds is in no answer.
#[utoipa::path(post, path = "/workstation/preview", operation_id = "preview_connection_here",
    tag = "workstation", request_body = ConnectHere,
    responses((status = 200, description = "What was found", body = ConnectPreview), Machine, Change))]
pub(super) async fn preview(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<ConnectHere>,
) -> Answer<ConnectPreview> {
    let machine = own_machine(&app, &caller)?;
    Ok(Json(here::preview(&app, (&caller, machine.as_ref()), body).await?))
}

/// Connect a cluster with a context of this machine
///
/// For admins, on their own machine. Looks at everything that the preview does, and connects only if
/// nothing fails. The context is used once and not kept.
#[utoipa::path(post, path = "/workstation/connect", operation_id = "connect_here",
    tag = "workstation", request_body = ConnectHere,
    responses((status = 200, description = "What connecting did", body = Connected), Machine, Change))]
pub(super) async fn connect(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<ConnectHere>,
) -> Answer<Connected> {
    let machine = own_machine(&app, &caller)?;
    Ok(Json(here::connect(&app, (&caller, machine.as_ref()), body).await?))
}

/// Disconnect a system with a context of this machine
///
/// For admins, on their own machine. Refused while access is open there. An integration that
/// somebody made by hand goes, unless a flow names it.
#[utoipa::path(post, path = "/workstation/disconnect", operation_id = "disconnect_here",
    tag = "workstation", request_body = DisconnectHere,
    responses((status = 200, description = "What disconnecting did", body = Disconnected), Machine, Change))]
pub(super) async fn disconnect(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<DisconnectHere>,
) -> Answer<Disconnected> {
    let machine = own_machine(&app, &caller)?;
    Ok(Json(here::disconnect(&app, (&caller, machine.as_ref()), body).await?))
}
