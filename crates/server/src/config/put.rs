//! Puts a configuration in force, in one transaction with its audit rows.

use bellhop_domain::{Actor, Command, Event, Subject, decide};
use bellhop_store::integrations::{Integration, Owner};
use bellhop_store::{Tx, access, audit, flows, integrations, list};
use serde_json::{Value, json};

use super::plan::{Change, Deed, Plan, What};
use super::{Config, IntegrationFile};
use crate::app::{App, AppError, facts};

/// Makes the store say what the files say, on nobody's behalf. Live grants keep the flow version they
/// were decided under; a flow that is in no file any more is taken out of force. An integration
/// stays: only a person who was shown that it goes removes it.
pub async fn put_in_force(app: &App, config: &Config) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    without_a_person(app, &mut tx, config).await?;
    Ok(app.commit(tx).await?)
}

/// The same in an open transaction.
pub(super) async fn without_a_person(
    app: &App,
    tx: &mut Tx,
    config: &Config,
) -> Result<(), AppError> {
    let mut plan = Plan::of(tx, config).await?;
    plan.changes.retain(|one| one.what == What::Flow || !matches!(one.deed, Deed::Remove { .. }));
    carry_out(app, tx, (config, &plan), &Actor::System).await.map(drop)
}

/// Carries out a plan that was made in this very transaction. Answers the integrations that were
/// removed, as they were.
pub(crate) async fn carry_out(
    app: &App,
    tx: &mut Tx,
    (config, plan): (&Config, &Plan),
    actor: &Actor,
) -> Result<Vec<Integration>, AppError> {
    let mut events = Vec::with_capacity(plan.changes.len());
    let mut removed = Vec::new();
    for change in &plan.changes {
        let (kind, before, after) = match change.what {
            What::Integration => {
                removed.extend(gone(tx, change).await?);
                put_integration(tx, change, config).await?
            }
            What::Flow => put_flow(tx, change, config).await?,
        };
        let subject = Subject::Setting { name: change.name.clone() };
        let kind = kind.to_owned();
        events.push(Event { kind, actor: actor.clone(), subject, before, after });
    }
    audit::append(tx, &events).await?;
    for flow in config.flows.keys() {
        ask_again(app, tx, flow).await?;
    }
    Ok(removed)
}

/// The kind of an audit row, what was before and what is after.
type Told = (&'static str, Option<Value>, Value);

async fn put_flow(tx: &mut Tx, change: &Change, config: &Config) -> Result<Told, AppError> {
    let old = flows::by_id(tx, &change.name).await?;
    let before = old.map(|old| json!({ "version": old.version, "flow": old.flow }));
    match config.flows.get(&change.name) {
        Some(flow) => {
            let version = flows::put(tx, flow).await?;
            Ok(("flow.changed", before, json!({ "version": version, "flow": flow })))
        }
        None => {
            flows::retire(tx, &change.name).await?;
            Ok(("flow.removed", before, json!({ "in_force": false })))
        }
    }
}

/// What waits under an older version of a flow goes on under the one in force.
async fn ask_again(app: &App, tx: &mut Tx, flow: &str) -> Result<(), AppError> {
    for access in list::pending_under(tx, flow).await? {
        let facts = facts::about(app, tx, &access.request).await?;
        let step = decide(&access, Command::FlowChanged(facts), tx.now())?;
        access::write(tx, &access, &step).await?;
    }
    Ok(())
}

async fn put_integration(tx: &mut Tx, change: &Change, config: &Config) -> Result<Told, AppError> {
    let name = &change.name;
    let known = integrations::by_name(tx, name).await?;
    let before = known.as_ref().map(|known| json!({ "declared": known.declared }));
    match (known, config.integrations.get(name)) {
        (None, Some(declared)) => {
            let declared_as = text(declared)?;
            integrations::add(tx, name, &declared.kind, (Owner::File, &declared_as)).await?;
            Ok(("integration.added", before, json!({ "declared": declared })))
        }
        (Some(mut known), Some(declared)) => {
            known.declared = text(declared)?;
            known.owner = Owner::File;
            integrations::update(tx, &known).await?;
            Ok(("integration.changed", before, json!({ "declared": declared })))
        }
        (known, None) => {
            let pin = known.as_ref().and_then(|known| known.pin.clone());
            if let Some(known) = known {
                integrations::remove(tx, &known).await?;
            }
            Ok(("integration.removed", before, json!({ "in_force": false, "pin": pin })))
        }
    }
}

/// The integration that a change removes, as it is.
async fn gone(tx: &mut Tx, change: &Change) -> Result<Option<Integration>, AppError> {
    match change.deed {
        Deed::Remove { .. } => Ok(integrations::by_name(tx, &change.name).await?),
        Deed::Add { .. } | Deed::Change { .. } => Ok(None),
    }
}

pub(crate) fn text(declared: &IntegrationFile) -> Result<String, AppError> {
    serde_json::to_string(declared).map_err(|e| AppError::Invalid(e.to_string()))
}
