//! Integrations: the connected systems.

use axum::Json;
use axum::extract::State;
use bellhop_api::{
    Catalog, ConnectKubernetes, ConnectPreview, Connected, Credential, Diagnosis, Disconnect,
    Disconnected, Integration, IntegrationList, ManifestQuery, Nothing,
};

use super::actor::{By, BySocket};
use super::body::{Asked, Input, Named};
use super::describe::{Change, Lookup, Name, Usual};
use super::problem::Failed;
use super::{Answer, Shared};
use crate::app::{access, catalog, connecting, departure, diagnosis, integrations};

/// List the integrations, by name
#[utoipa::path(get, path = "/integrations", operation_id = "list_integrations", tag = "integrations",
    responses((status = 200, description = "All of them", body = IntegrationList), Usual))]
pub(super) async fn list(State(app): Shared, By(_): By) -> Answer<IntegrationList> {
    Ok(Json(integrations::list(&app).await?))
}

/// Show an integration
#[utoipa::path(get, path = "/integrations/{name}", operation_id = "show_integration", tag = "integrations",
    params(Name), responses((status = 200, description = "The integration", body = Integration), Lookup))]
pub(super) async fn show(State(app): Shared, By(_): By, Named(name): Named) -> Answer<Integration> {
    Ok(Json(integrations::show(&app, &name).await?))
}

/// Show the rights that Bellhop needs in a system
#[utoipa::path(get, path = "/integrations/{name}/manifest", operation_id = "show_manifest", tag = "integrations",
    params(Name, ManifestQuery),
    responses((status = 200, description = "A manifest to read or apply", body = str,
        content_type = "text/plain"), Lookup))]
pub(super) async fn manifest(
    State(app): Shared,
    By(_): By,
    Named(name): Named,
    Asked(query): Asked<ManifestQuery>,
) -> Result<String, Failed> {
    Ok(integrations::manifest(&app, &name, &query).await?)
}

/// Connect a Kubernetes cluster
///
/// On the socket only, for admins. Uses a kubeconfig context of the backend's machine once, keeps a credential of its
/// own, and pins the cluster. With `new` it makes the integration, where no configuration file does.
#[utoipa::path(post, path = "/integrations/{name}/connect", operation_id = "connect_integration", tag = "integrations", params(Name),
    request_body = ConnectKubernetes,
    responses((status = 200, description = "What connecting did", body = Connected), Change))]
pub(super) async fn connect(
    State(app): Shared,
    BySocket(caller): BySocket,
    Named(name): Named,
    Input(body): Input<ConnectKubernetes>,
) -> Answer<Connected> {
    Ok(Json(integrations::connect(&app, &caller, &name, &body).await?))
}

/// See what connecting a Kubernetes cluster would come to
///
/// On the socket only, for admins. Reads the context and asks the cluster, and changes nothing: each
/// check says how it is, and what to do.
#[utoipa::path(post, path = "/integrations/{name}/preview", operation_id = "preview_connection", tag = "integrations",
    params(Name), request_body = ConnectKubernetes,
    responses((status = 200, description = "What was found", body = ConnectPreview), Change))]
pub(super) async fn preview(
    State(app): Shared,
    BySocket(caller): BySocket,
    Named(name): Named,
    Input(body): Input<ConnectKubernetes>,
) -> Answer<ConnectPreview> {
    Ok(Json(connecting::preview(&app, &caller, &name, &body).await?))
}

/// Disconnect a system
///
/// On the socket only, for admins. Uses a kubeconfig context of the backend's machine once, to take
/// away what connecting made, and forgets the system. Refused while access is open there.
#[utoipa::path(post, path = "/integrations/{name}/disconnect", operation_id = "disconnect_integration",
    tag = "integrations", params(Name), request_body = Disconnect,
    responses((status = 200, description = "What disconnecting did", body = Disconnected), Change))]
pub(super) async fn disconnect(
    State(app): Shared,
    BySocket(caller): BySocket,
    Named(name): Named,
    Input(body): Input<Disconnect>,
) -> Answer<Disconnected> {
    Ok(Json(departure::disconnect(&app, &caller, &name, &body).await?))
}

/// Check an integration now
///
/// For admins.
#[utoipa::path(post, path = "/integrations/{name}/check", operation_id = "check_integration", tag = "integrations", params(Name),
    request_body = Nothing,
    responses((status = 200, description = "The integration as found", body = Integration), Change))]
pub(super) async fn check(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Integration> {
    Ok(Json(integrations::check(&app, &caller, &name).await?))
}

/// Read anew what can be asked for in a system
///
/// For admins. It is read every few minutes anyway.
#[utoipa::path(post, path = "/integrations/{name}/sync", operation_id = "sync_integration",
    tag = "integrations", params(Name), request_body = Nothing,
    responses((status = 200, description = "The integration as found", body = Integration), Change))]
pub(super) async fn sync(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Integration> {
    Ok(Json(integrations::sync(&app, &caller, &name).await?))
}

/// Look closer at an integration
///
/// For admins. Asks the system, and changes nothing: the shell that connected it, the sign-in plugin
/// that is needed, and what other Bellhops should have taken away there.
#[utoipa::path(get, path = "/integrations/{name}/diagnosis", operation_id = "diagnose_integration",
    tag = "integrations", params(Name),
    responses((status = 200, description = "What was found", body = Diagnosis), Lookup))]
pub(super) async fn diagnose(
    State(app): Shared,
    By(caller): By,
    Named(name): Named,
) -> Answer<Diagnosis> {
    Ok(Json(diagnosis::of(&app, &caller, &name).await?))
}

/// List what can be connected
#[utoipa::path(get, path = "/catalog", operation_id = "show_catalog", tag = "integrations",
    responses((status = 200, description = "The kinds of systems", body = Catalog), Usual))]
pub(super) async fn catalog(By(_): By) -> Json<Catalog> {
    Json(catalog::list())
}

/// Mint a credential for the caller's active grants
///
/// On the socket only. It ends with the last of them at the latest, and is stored nowhere.
#[utoipa::path(post, path = "/integrations/{name}/credential", operation_id = "mint_credential", tag = "integrations", params(Name),
    request_body = Nothing,
    responses((status = 200, description = "The credential", body = Credential), Change))]
pub(super) async fn credential(
    State(app): Shared,
    BySocket(caller): BySocket,
    Named(name): Named,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<Credential> {
    Ok(Json(access::credential(&app, &caller.person, &name).await?))
}
