//! Every route. Handlers are thin: read the input, call the use case, answer.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bellhop_api::{
    API_VERSION, AccessDetails, AuditPage, AuditQuery, AuditVerdict, Catalog, Code,
    ConnectKubernetes, Connected, CreateRequest, Credential, Decide, Disconnect, Disconnected,
    ExplainQuery, Explanation, Handover, Hello, Integration, IntegrationList, LARGEST_BODY,
    ListQuery, ManifestQuery, Me, Nothing, Preview, Problem, Request, RequestList, StorePlace,
    TargetList, TargetQuery,
};
use bellhop_domain::Verdict;

use super::actor::By;
use super::body::{Asked, Input, Keyed, Named};
use super::problem::Failed;
use super::{events, export};
use crate::app::{
    App, Caller, access, audit, catalog, departure, handover, integrations, place, plan, requests,
    reviews, targets,
};

type Answer<T> = Result<Json<T>, Failed>;
type Shared = State<Arc<App>>;

/// The whole API.
pub fn router(app: Arc<App>) -> Router {
    let v1 = Router::new()
        .route("/hello", get(hello))
        .route("/handover", post(hand_over))
        .route("/me", get(me))
        .route("/requests", post(create_request).get(list_requests))
        .route("/requests/preview", post(preview_request))
        .route("/requests/{number}", get(show_request))
        .route("/requests/{number}/approve", post(approve))
        .route("/requests/{number}/deny", post(deny))
        .route("/requests/{number}/withdraw", post(withdraw))
        .route("/requests/{number}/extend", post(extend))
        .route("/requests/{number}/end", post(end_request))
        .route("/requests/{number}/access", get(show_access))
        .route("/integrations", get(list_integrations))
        .route("/integrations/{name}/manifest", get(show_manifest))
        .route("/integrations/{name}/connect", post(connect))
        .route("/integrations/{name}/disconnect", post(disconnect))
        .route("/integrations/{name}/check", post(check))
        .route("/integrations/{name}/sync", post(sync))
        .route("/integrations/{name}/credential", post(mint))
        .route("/targets", get(search_targets))
        .route("/flows/explain", get(explain))
        .route("/catalog", get(show_catalog))
        .route("/audit", get(list_audit))
        .route("/audit/verify", get(verify_audit))
        .route("/audit/export", get(export::stream))
        .route("/store", get(show_store))
        .route("/events", get(events::stream));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .nest("/api/v1", v1)
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}

async fn nothing_here() -> Failed {
    Failed(Problem::new(Code::NotFound, "there is no such call in this version of the API"))
}

async fn hello(State(app): Shared) -> Json<Hello> {
    Json(Hello { version: app.handover.version(), api: API_VERSION })
}

async fn hand_over(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<Handover>,
) -> Answer<Nothing> {
    handover::to_newer(&app, &caller.person, &body.version).await?;
    Ok(Json(Nothing {}))
}

async fn me(By(Caller { person, .. }): By) -> Json<Me> {
    let role = person.role.name().to_owned();
    Json(Me { id: person.id.to_string(), handle: person.handle, role })
}

async fn create_request(
    State(app): Shared,
    By(caller): By,
    Keyed(once, body): Keyed<CreateRequest>,
) -> Answer<Request> {
    let caller = Caller { once, ..caller };
    Ok(Json(requests::create(&app, &caller, body).await?))
}

async fn preview_request(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<CreateRequest>,
) -> Answer<Preview> {
    Ok(Json(plan::preview(&app, &caller, body).await?))
}

async fn search_targets(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<TargetQuery>,
) -> Answer<TargetList> {
    Ok(Json(targets::search(&app, &caller.person, query).await?))
}

async fn explain(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<ExplainQuery>,
) -> Answer<Explanation> {
    Ok(Json(plan::explain(&app, &caller, query).await?))
}

async fn show_catalog(By(_): By) -> Json<Catalog> {
    Json(catalog::list())
}

async fn list_requests(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<ListQuery>,
) -> Answer<RequestList> {
    Ok(Json(requests::list(&app, &caller.person, query).await?))
}

async fn show_request(State(app): Shared, By(caller): By, Named(number): Named) -> Answer<Request> {
    Ok(Json(requests::show(&app, &caller.person, &number).await?))
}

async fn end_request(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
    Keyed(once, Nothing {}): Keyed<Nothing>,
) -> Answer<Request> {
    let caller = Caller { once, ..caller };
    Ok(Json(requests::end(&app, &caller, &number).await?))
}

async fn approve(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
    Keyed(once, body): Keyed<Decide>,
) -> Answer<Request> {
    let caller = Caller { once, ..caller };
    Ok(Json(reviews::decide_on(&app, &caller, (&number, Verdict::Approve), body).await?))
}

async fn deny(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
    Keyed(once, body): Keyed<Decide>,
) -> Answer<Request> {
    let caller = Caller { once, ..caller };
    Ok(Json(reviews::decide_on(&app, &caller, (&number, Verdict::Deny), body).await?))
}

async fn withdraw(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
    Keyed(once, Nothing {}): Keyed<Nothing>,
) -> Answer<Request> {
    let caller = Caller { once, ..caller };
    Ok(Json(requests::withdraw(&app, &caller, &number).await?))
}

async fn extend(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
    Keyed(once, Nothing {}): Keyed<Nothing>,
) -> Answer<Request> {
    let caller = Caller { once, ..caller };
    Ok(Json(requests::extend(&app, &caller, &number).await?))
}

async fn show_access(
    State(app): Shared,
    By(caller): By,
    Named(number): Named,
) -> Answer<AccessDetails> {
    Ok(Json(access::details(&app, &caller.person, &number).await?))
}

async fn list_integrations(State(app): Shared, By(_): By) -> Answer<IntegrationList> {
    Ok(Json(integrations::list(&app).await?))
}

async fn show_manifest(
    State(app): Shared,
    By(_): By,
    Named(name): Named,
    Asked(query): Asked<ManifestQuery>,
) -> Result<String, Failed> {
    Ok(integrations::manifest(&app, &name, &query).await?)
}

async fn connect(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(body): Input<ConnectKubernetes>,
) -> Answer<Connected> {
    Ok(Json(integrations::connect(&app, &caller, &name, &body).await?))
}

async fn disconnect(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(body): Input<Disconnect>,
) -> Answer<Disconnected> {
    Ok(Json(departure::disconnect(&app, &caller, &name, &body).await?))
}

async fn check(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Integration> {
    Ok(Json(integrations::check(&app, &caller, &name).await?))
}

async fn sync(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Integration> {
    Ok(Json(integrations::sync(&app, &caller, &name).await?))
}

async fn mint(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Credential> {
    Ok(Json(access::credential(&app, &caller.person, &name).await?))
}

async fn list_audit(
    State(app): Shared,
    By(caller): By,
    Asked(query): Asked<AuditQuery>,
) -> Answer<AuditPage> {
    Ok(Json(audit::list(&app, &caller.person, query).await?))
}

async fn verify_audit(State(app): Shared, By(caller): By) -> Answer<AuditVerdict> {
    Ok(Json(audit::verify(&app, &caller.person).await?))
}

async fn show_store(State(app): Shared, By(caller): By) -> Answer<StorePlace> {
    Ok(Json(place::store(&app, &caller.person)?))
}
