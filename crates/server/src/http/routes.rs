//! Every route, together with its description: neither is there without the other.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::{Json, Router, middleware};
use bellhop_api::{Code, LARGEST_BODY, LARGEST_CONFIGURATION, Problem};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::describe::{self, Document};
use super::problem::Failed;
use super::{
    audit, bounds, events, export, flows, health, here, port, requests, systems, targets, who,
    workstation,
};
use crate::app::App;

/// The whole API, as the local socket serves it.
pub fn router(app: Arc<App>) -> Router {
    guarded(app, |routes| routes)
}

/// The same, with `guard` around every call that there is.
pub(super) fn guarded(
    app: Arc<App>,
    guard: impl FnOnce(Router<Arc<App>>) -> Router<Arc<App>>,
) -> Router {
    let (routes, document) = parts();
    let queries = Arc::new(bounds::Queries::of(&document));
    let text = Arc::new(document);
    let routes = routes
        .route("/api/v1/openapi.json", axum::routing::get(async move || Json(Arc::clone(&text))))
        .route_layer(middleware::from_fn_with_state(queries, bounds::known_query));
    guard(routes)
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(bounds::short_address))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), health::counted))
        .with_state(app)
}

/// The description of the API (OpenAPI 3.1).
pub fn openapi() -> OpenApi {
    parts().1
}

fn parts() -> (Router<Arc<App>>, OpenApi) {
    let v1 = OpenApiRouter::new()
        .routes(routes!(who::hello))
        .routes(routes!(who::hand_over))
        .routes(routes!(who::me))
        .routes(routes!(requests::create, requests::list))
        .routes(routes!(requests::preview))
        .routes(routes!(requests::show))
        .routes(routes!(requests::approve))
        .routes(routes!(requests::deny))
        .routes(routes!(requests::withdraw))
        .routes(routes!(requests::extend))
        .routes(routes!(requests::end))
        .routes(routes!(requests::access))
        .routes(routes!(requests::again))
        .routes(routes!(flows::plan).layer(DefaultBodyLimit::max(LARGEST_CONFIGURATION)))
        .routes(routes!(flows::apply).layer(DefaultBodyLimit::max(LARGEST_CONFIGURATION)))
        .routes(routes!(flows::export))
        .routes(routes!(flows::list))
        .routes(routes!(systems::list))
        .routes(routes!(systems::show))
        .routes(routes!(systems::manifest))
        .routes(routes!(systems::connect))
        .routes(routes!(systems::preview))
        .routes(routes!(here::preview))
        .routes(routes!(here::connect))
        .routes(routes!(here::disconnect))
        .routes(routes!(systems::disconnect))
        .routes(routes!(systems::check))
        .routes(routes!(systems::sync))
        .routes(routes!(systems::diagnose))
        .routes(routes!(systems::catalog))
        .routes(routes!(targets::search))
        .routes(routes!(targets::explain))
        .routes(routes!(systems::credential))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(export::stream))
        .routes(routes!(who::store))
        .routes(routes!(port::open))
        .routes(routes!(port::session))
        .routes(routes!(workstation::contexts))
        .routes(routes!(workstation::hop))
        .routes(routes!(workstation::use_access))
        .routes(routes!(events::stream));
    let all = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .nest("/api/v1", v1);
    let (routes, mut document) = all.split_for_parts();
    describe::complete(&mut document);
    (routes, document)
}

pub(super) async fn nothing_here() -> Failed {
    let text = "there is no such call in this version of the API";
    Failed::of(Problem::new(Code::NotFound, text).next("/api/v1/openapi.json lists all calls"))
}

async fn not_so() -> Failed {
    let text = "this call is not made with this method";
    Failed::of(Problem::new(Code::MethodNotAllowed, text).next("Use one that Allow names"))
}
