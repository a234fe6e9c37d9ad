//! Compares what is there with what is stored, and only ever removes.
//!
//! Takes no input and may run at any time: at a start, when the machine wakes, after failures and
//! at an interval. Only a complete, successful answer from the pinned system counts; anything else
//! leaves all as it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellhop_connectors::{Connector, Fault, MadeFor, Order, Presence};
use bellhop_domain::{Access, Command, EndReason, Grant, GrantId, GrantState, decide};
use bellhop_store::access::write;
use bellhop_store::drift::{self, Place};
use bellhop_store::{integrations, list};

use super::drift::{found, removed};
use super::effect::{self, politely};
use crate::app::{App, AppError, load_request};

/// Sweeps one integration.
pub(crate) async fn one(app: &Arc<App>, integration: &str) -> Result<(), AppError> {
    let connector = app.connector(integration).await?;
    // Stored first, listed second: what becomes active in between is not in the first picture,
    // and cannot be taken for missing.
    let open = open_grants(app, integration).await?;
    let listing = connector.leftovers(app.store.installation());
    let there = politely(app, integration, listing).await?;
    for (access, grant) in &open {
        if let Some(reason) = lost(app, connector.as_ref(), access, grant).await? {
            end(app, access, grant.id, reason).await?;
        }
    }
    // Stored again: what was being made while the list was taken is not left over.
    let open = open_grants(app, integration).await?;
    let (place, noted) = on_record(app, integration).await?;
    for what in noted.iter().filter(|what| !there.iter().any(|object| object.what == **what)) {
        // Whoever removed it could not say so any more.
        removed(app, (place, integration), what).await?;
    }
    let (grants, accounts) = in_use(&open);
    for object in &there {
        let needed = match &object.of {
            MadeFor::Grant(Some(grant)) => grants.contains(grant),
            MadeFor::Grant(None) => false,
            MadeFor::Lane { target, account } => {
                open.iter().any(|(_, one)| one.target == *target && one.account == *account)
            }
            MadeFor::Account(name) => accounts.contains(name),
        };
        if !needed {
            found(app, (place, integration), &object.what).await?;
            politely(app, integration, connector.remove(object)).await?;
            removed(app, (place, integration), &object.what).await?;
        }
    }
    Ok(())
}

/// Every grant of the integration that is not over.
async fn open_grants(app: &App, integration: &str) -> Result<Vec<(Access, Grant)>, AppError> {
    let mut tx = app.store.read().await?;
    let open = list::open_in(&mut tx, integration).await?;
    let here =
        |grant: &&Grant| grant.target.integration == integration && !grant.state.is_terminal();
    let pairs = open.iter().flat_map(|access| {
        access.grants.iter().filter(here).map(|grant| (access.clone(), grant.clone()))
    });
    Ok(pairs.collect())
}

fn in_use(open: &[(Access, Grant)]) -> (BTreeSet<GrantId>, BTreeSet<String>) {
    (
        open.iter().map(|(_, grant)| grant.id).collect(),
        open.iter().map(|(_, grant)| grant.account.clone()).collect(),
    )
}

/// Why an active grant is not what it was made to be; nothing when it is, or is not active.
async fn lost(
    app: &App,
    connector: &dyn Connector,
    access: &Access,
    grant: &Grant,
) -> Result<Option<EndReason>, AppError> {
    let GrantState::Active { before, .. } = &grant.state else { return Ok(None) };
    let order: Order = effect::order(app, access, grant)?;
    let integration = &grant.target.integration;
    match politely(app, integration, connector.read(&order)).await? {
        Presence::Ours => return Ok(None),
        Presence::Changed(how) => {
            tracing::warn!(target = %grant.target, how, "a grant was changed outside");
            return Ok(Some(EndReason::Drift));
        }
        Presence::Absent => {}
    }
    match politely(app, integration, connector.target(&order, before)).await {
        Ok(()) => Ok(Some(EndReason::Drift)),
        Err(Fault::TargetGone(_)) => Ok(Some(EndReason::Gone)),
        Err(fault) => Err(fault.into()),
    }
}

async fn end(app: &App, seen: &Access, grant: GrantId, reason: EndReason) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    let access = load_request(&mut tx, seen.request.id).await?;
    let step = decide(&access, Command::Lost(grant, reason), tx.now())?;
    write(&mut tx, &access, &step).await?;
    Ok(app.commit(tx).await?)
}

/// Where a sweep finds things, and what was found there before.
async fn on_record(app: &App, integration: &str) -> Result<(Place, Vec<String>), AppError> {
    let mut tx = app.store.read().await?;
    let found = integrations::by_name(&mut tx, integration).await?;
    let gone = || AppError::NotFound(format!("there is no integration \"{integration}\" any more"));
    let place = Place { integration: found.ok_or_else(gone)?.id, grant: None };
    Ok((place, drift::noted(&mut tx, place).await?))
}
