//! Using access: details that hold nothing secret, and credentials minted on demand.

use std::time::Duration;

use bellhop_api::{AccessDetails, Credential, KubernetesAccess};
use bellhop_connectors::Order;
use bellhop_domain::{Access, Grant, GrantState, Person};
use bellhop_store::list;
use chrono::{DateTime, Utc};

use super::{App, AppError, requests};

/// How long minting may take.
const LIMIT: Duration = Duration::from_secs(15);

/// How to use a request's access. Only the requester's, and only what is active.
pub async fn details(app: &App, person: &Person, number: &str) -> Result<AccessDetails, AppError> {
    let mut tx = app.store.read().await?;
    let access = requests::visible(&mut tx, person, number).await?;
    let number = access.request.number;
    if access.request.requester != person.id {
        return Err(AppError::Forbidden(format!(
            "{number} was requested by somebody else, and only they can use it"
        )));
    }
    let now = tx.now();
    let deadline = access.deadline().filter(|_| usable(&access, now).next().is_some());
    let Some(deadline) = deadline else {
        return Err(AppError::NotFound(format!(
            "{number} is {} and cannot be used. See bellhop show {number}",
            access.status().name()
        )));
    };
    drop(tx);
    let mut kubernetes: Vec<KubernetesAccess> = Vec::new();
    for grant in usable(&access, now) {
        let namespace = grant.target.resource.clone();
        let integration = &grant.target.integration;
        if let Some(known) = kubernetes.iter_mut().find(|k| k.integration == *integration) {
            known.namespaces.push(namespace);
            continue;
        }
        let endpoint = app.connector(integration).await?.endpoint().await?;
        kubernetes.push(KubernetesAccess {
            integration: integration.clone(),
            server: endpoint.server,
            ca: endpoint.ca,
            tls_server_name: endpoint.tls_server_name,
            namespaces: vec![namespace],
        });
    }
    Ok(AccessDetails { number: number.to_string(), deadline, kubernetes })
}

/// A credential for the person's live grants in one integration, good until the last of them ends.
pub async fn credential(
    app: &App,
    person: &Person,
    integration: &str,
) -> Result<Credential, AppError> {
    let mut tx = app.store.read().await?;
    let installation = app.store.installation();
    let live = list::live_in(&mut tx, person.id, integration).await?;
    let now = tx.now();
    drop(tx);
    let longest = live
        .iter()
        .filter_map(|access| access.deadline().map(|deadline| (deadline, access)))
        .flat_map(|(deadline, access)| usable(access, now).map(move |grant| (deadline, grant)))
        .filter(|(_, grant)| grant.target.integration == integration)
        .max_by_key(|(deadline, _)| *deadline);
    let Some((deadline, grant)) = longest else {
        return Err(AppError::NotFound(format!(
            "you hold no active access in {integration}. Ask for it: \
             bellhop request {integration}/namespace/NAME:PERMISSION"
        )));
    };
    let order = Order {
        installation,
        grant: grant.id,
        target: grant.target.clone(),
        account: grant.account.clone(),
        deadline,
    };
    let connector = app.connector(integration).await?;
    let minted = app.within(LIMIT, connector.mint(&order, deadline)).await;
    let minted = minted.ok_or_else(|| {
        let text = format!("{integration} did not answer within {} seconds", LIMIT.as_secs());
        bellhop_connectors::Fault::Unavailable(text)
    })??;
    Ok(Credential { token: minted.token, expires_at: minted.expires_at.min(deadline) })
}

/// Grants that work now. Past the deadline nothing does, whether or not the timer has run.
fn usable(access: &Access, now: DateTime<Utc>) -> impl Iterator<Item = &Grant> {
    let open = !access.is_past(now);
    access.grants.iter().filter(move |g| open && matches!(g.state, GrantState::Active { .. }))
}
