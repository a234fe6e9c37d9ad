//! Who answers, who asks, and where the backend remembers.

use axum::Json;
use axum::extract::State;
use bellhop_api::{API_VERSION, Handover, Hello, Me, Nothing, StorePlace};

use super::actor::{By, BySocket};
use super::body::Input;
use super::describe::{Anyone, Change, Usual};
use super::{Answer, Shared};
use crate::app::{Caller, handover, place};

/// Which backend this is
///
/// Answered to everybody who reaches the backend.
#[utoipa::path(get, path = "/hello", tag = "backend", security(()),
    responses((status = 200, description = "The version of the program and of its API", body = Hello), Anyone))]
pub(super) async fn hello(State(app): Shared) -> Json<Hello> {
    Json(Hello { version: app.handover.version(), api: API_VERSION })
}

/// Hand over to a newer backend
///
/// On the socket only, for admins. The backend stops, so that a newer program can take its place; refused while it is
/// in the middle of work, and to a version that is not newer.
#[utoipa::path(post, path = "/handover", operation_id = "hand_over", tag = "backend", request_body = Handover,
    responses((status = 200, description = "It stops now", body = Nothing), Change))]
pub(super) async fn hand_over(
    State(app): Shared,
    BySocket(caller): BySocket,
    Input(body): Input<Handover>,
) -> Answer<Nothing> {
    handover::to_newer(&app, &caller.person, &body.version).await?;
    Ok(Json(Nothing {}))
}

/// Who the backend takes the caller for
#[utoipa::path(get, path = "/me", tag = "backend",
    responses((status = 200, description = "The caller", body = Me), Usual))]
pub(super) async fn me(State(app): Shared, By(Caller { person, .. }): By) -> Json<Me> {
    let role = person.role.name().to_owned();
    let closed = app.configuration.unread();
    Json(Me { id: person.id.to_string(), handle: person.handle, role, closed })
}

/// Where the backend keeps what it remembers
///
/// On the socket only, for admins, who make backups of it.
#[utoipa::path(get, path = "/store", operation_id = "show_store", tag = "backend",
    responses((status = 200, description = "The place of the store", body = StorePlace), Usual))]
pub(super) async fn store(State(app): Shared, BySocket(caller): BySocket) -> Answer<StorePlace> {
    Ok(Json(place::store(&app, &caller.person)?))
}
