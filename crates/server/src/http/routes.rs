//! Every route. Handlers are thin: read the input, call the use case, answer.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bellhop_api::{
    API_VERSION, AccessDetails, AuditPage, AuditQuery, AuditVerdict, Code, ConnectKubernetes,
    Connected, CreateRequest, Credential, Hello, Integration, IntegrationList, LARGEST_BODY,
    ListQuery, ManifestQuery, Me, Nothing, Problem, Request, RequestList,
};

use super::actor::Caller;
use super::body::{Asked, Input};
use super::events;
use super::problem::Failed;
use crate::app::{App, access, audit, integrations, requests};

type Answer<T> = Result<Json<T>, Failed>;
type Shared = State<Arc<App>>;

/// The whole API.
pub fn router(app: Arc<App>) -> Router {
    let v1 = Router::new()
        .route("/hello", get(hello))
        .route("/me", get(me))
        .route("/requests", post(create_request).get(list_requests))
        .route("/requests/{number}", get(show_request))
        .route("/requests/{number}/end", post(end_request))
        .route("/requests/{number}/access", get(show_access))
        .route("/integrations", get(list_integrations))
        .route("/integrations/{name}/manifest", get(show_manifest))
        .route("/integrations/{name}/connect", post(connect))
        .route("/integrations/{name}/check", post(check))
        .route("/integrations/{name}/credential", post(mint))
        .route("/audit", get(list_audit))
        .route("/audit/verify", get(verify_audit))
        .route("/events", get(events::stream));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .nest("/api/v1", v1)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}

async fn nothing_here() -> Failed {
    Failed(Problem::new(Code::NotFound, "there is no such call in this version of the API"))
}

async fn hello() -> Json<Hello> {
    Json(Hello { version: env!("CARGO_PKG_VERSION").to_owned(), api: API_VERSION })
}

async fn me(Caller(person): Caller) -> Json<Me> {
    let role = person.role.name().to_owned();
    Json(Me { id: person.id.to_string(), handle: person.handle, role })
}

async fn create_request(
    State(app): Shared,
    Caller(person): Caller,
    Input(body): Input<CreateRequest>,
) -> Answer<Request> {
    Ok(Json(requests::create(&app, &person, body).await?))
}

async fn list_requests(
    State(app): Shared,
    Caller(person): Caller,
    Asked(query): Asked<ListQuery>,
) -> Answer<RequestList> {
    Ok(Json(requests::list(&app, &person, query).await?))
}

async fn show_request(
    State(app): Shared,
    Caller(person): Caller,
    Path(number): Path<String>,
) -> Answer<Request> {
    Ok(Json(requests::show(&app, &person, &number).await?))
}

async fn end_request(
    State(app): Shared,
    Caller(person): Caller,
    Path(number): Path<String>,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Request> {
    Ok(Json(requests::end(&app, &person, &number).await?))
}

async fn show_access(
    State(app): Shared,
    Caller(person): Caller,
    Path(number): Path<String>,
) -> Answer<AccessDetails> {
    Ok(Json(access::details(&app, &person, &number).await?))
}

async fn list_integrations(State(app): Shared, Caller(_): Caller) -> Answer<IntegrationList> {
    Ok(Json(integrations::list(&app).await?))
}

async fn show_manifest(
    State(app): Shared,
    Caller(_): Caller,
    Path(name): Path<String>,
    Asked(query): Asked<ManifestQuery>,
) -> Result<String, Failed> {
    Ok(integrations::manifest(&app, &name, &query).await?)
}

async fn connect(
    State(app): Shared,
    Caller(person): Caller,
    Path(name): Path<String>,
    Input(body): Input<ConnectKubernetes>,
) -> Answer<Connected> {
    Ok(Json(integrations::connect(&app, &person, &name, &body).await?))
}

async fn check(
    State(app): Shared,
    Caller(person): Caller,
    Path(name): Path<String>,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Integration> {
    Ok(Json(integrations::check(&app, &person, &name).await?))
}

async fn mint(
    State(app): Shared,
    Caller(person): Caller,
    Path(name): Path<String>,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Credential> {
    Ok(Json(access::credential(&app, &person, &name).await?))
}

async fn list_audit(
    State(app): Shared,
    Caller(person): Caller,
    Asked(query): Asked<AuditQuery>,
) -> Answer<AuditPage> {
    Ok(Json(audit::list(&app, &person, query).await?))
}

async fn verify_audit(State(app): Shared, Caller(person): Caller) -> Answer<AuditVerdict> {
    Ok(Json(audit::verify(&app, &person).await?))
}
