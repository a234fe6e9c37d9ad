//! Requests, and what people do with them. Handlers are thin: read the input, call the use case,
//! answer.

use axum::Json;
use axum::extract::State;
use bellhop_api::{
    AccessDetails, Again, CreateRequest, Decide, End, ListQuery, Nothing, Preview, Request,
    RequestList,
};
use bellhop_domain::Verdict;

use super::actor::By;
use super::body::{Asked, Input, Keyed, Named};
use super::describe::{Change, Key, Lookup, Number, Paged};
use super::{Answer, Shared};
use crate::app::{access, plan, requests, reviews};

/// Ask for access
///
/// The flow that covers the targets decides: it approves at once, or asks people. Access is usable
/// once `status` is `active`.
#[utoipa::path(post, path = "/requests", operation_id = "create_request", tag = "requests", params(Key), request_body = CreateRequest,
    responses((status = 200, description = "The request as stored", body = Request), Change))]
pub(super) async fn create(
    State(app): Shared,
    Keyed(caller, body): Keyed<CreateRequest>,
) -> Answer<Request> {
    Ok(Json(requests::create(&app, &caller, body).await?))
}

/// Show what asking would come to
///
/// The same body as `POST /api/v1/requests`; nothing is stored.
#[utoipa::path(post, path = "/requests/preview", operation_id = "preview_request", tag = "requests",
    request_body = CreateRequest,
    responses((status = 200, description = "One request a flow, or the refusal", body = Preview), Change))]
pub(super) async fn preview(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<CreateRequest>,
) -> Answer<Preview> {
    Ok(Json(plan::preview(&app, &caller, body).await?))
}

/// Ask for the same once more
///
/// A new request for the same targets, by whoever made the old one. It is decided as any other: by
/// the flow in force now.
#[utoipa::path(post, path = "/requests/{number}/again", operation_id = "ask_again", tag = "requests", params(Number, Key),
    request_body = Again,
    responses((status = 200, description = "The new request as stored", body = Request), Change))]
pub(super) async fn again(
    State(app): Shared,
    Named(number): Named,
    Keyed(caller, body): Keyed<Again>,
) -> Answer<Request> {
    Ok(Json(requests::again(&app, &caller, &number, body).await?))
}

/// List requests, newest first
///
/// Members see their own and those that they may decide about; auditors and admins see all.
#[utoipa::path(get, path = "/requests", operation_id = "list_requests", tag = "requests", params(ListQuery),
    responses((status = 200, description = "A page", body = RequestList), Paged))]
pub(super) async fn list(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<ListQuery>,
) -> Answer<RequestList> {
    Ok(Json(requests::list(&app, &caller.person, query).await?))
}

/// Show a request
#[utoipa::path(get, path = "/requests/{number}", operation_id = "show_request", tag = "requests", params(Number),
    responses((status = 200, description = "The request as stored", body = Request), Lookup))]
pub(super) async fn show(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
) -> Answer<Request> {
    Ok(Json(requests::show(&app, &caller.person, &number).await?))
}

/// Approve a request, or more time for one
///
/// For approvers of its flow. What is approved is what `seen` stands for: when the request is
/// another one meanwhile, the call is refused with the present one.
#[utoipa::path(post, path = "/requests/{number}/approve", operation_id = "approve_request", tag = "requests", params(Number, Key),
    request_body = Decide,
    responses((status = 200, description = "The request as stored", body = Request), Change))]
pub(super) async fn approve(
    State(app): Shared,
    Named(number): Named,
    Keyed(caller, body): Keyed<Decide>,
) -> Answer<Request> {
    Ok(Json(reviews::decide_on(&app, &caller, (&number, Verdict::Approve), body).await?))
}

/// Deny a request, or more time for one
///
/// For approvers of its flow. See `approve` about `seen`.
#[utoipa::path(post, path = "/requests/{number}/deny", operation_id = "deny_request", tag = "requests", params(Number, Key),
    request_body = Decide,
    responses((status = 200, description = "The request as stored", body = Request), Change))]
pub(super) async fn deny(
    State(app): Shared,
    Named(number): Named,
    Keyed(caller, body): Keyed<Decide>,
) -> Answer<Request> {
    Ok(Json(reviews::decide_on(&app, &caller, (&number, Verdict::Deny), body).await?))
}

/// Take back a request that nobody decided yet
#[utoipa::path(post, path = "/requests/{number}/withdraw", operation_id = "withdraw_request", tag = "requests", params(Number, Key),
    request_body = Nothing,
    responses((status = 200, description = "The request as stored", body = Request), Change))]
pub(super) async fn withdraw(
    State(app): Shared,
    Named(number): Named,
    Keyed(caller, Nothing {}): Keyed<Nothing>,
) -> Answer<Request> {
    Ok(Json(requests::withdraw(&app, &caller, &number).await?))
}

/// Ask for more time
///
/// As much as the flow gives at once, within its longest duration.
#[utoipa::path(post, path = "/requests/{number}/extend", operation_id = "extend_request", tag = "requests", params(Number, Key),
    request_body = Nothing,
    responses((status = 200, description = "The request as stored", body = Request), Change))]
pub(super) async fn extend(
    State(app): Shared,
    Named(number): Named,
    Keyed(caller, Nothing {}): Keyed<Nothing>,
) -> Answer<Request> {
    Ok(Json(requests::extend(&app, &caller, &number).await?))
}

/// End a request's access now
///
/// For its requester, the approvers of its flow, and admins. Once it is over, the answer is the
/// present state.
#[utoipa::path(post, path = "/requests/{number}/end", operation_id = "end_request", tag = "requests", params(Number, Key),
    request_body = End,
    responses((status = 200, description = "The request as stored", body = Request), Change))]
pub(super) async fn end(
    State(app): Shared,
    Named(number): Named,
    Keyed(caller, body): Keyed<End>,
) -> Answer<Request> {
    Ok(Json(requests::end(&app, &caller, &number, body).await?))
}

/// Show how to use a request's access
///
/// For its requester, while it is active. Nothing in the answer is secret.
#[utoipa::path(get, path = "/requests/{number}/access", operation_id = "show_access", tag = "requests", params(Number),
    responses((status = 200, description = "Access details", body = AccessDetails), Lookup))]
pub(super) async fn access(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
) -> Answer<AccessDetails> {
    Ok(Json(access::details(&app, &caller.person, &number).await?))
}
