//! Puts a configuration in force, in one transaction with its audit rows.

use bellhop_domain::{Actor, Command, Event, FlowInForce, Subject, decide};
use bellhop_store::{Tx, access, audit, flows, integrations, list};
use serde_json::{Value, json};

use super::Config;
use super::file::IntegrationFile;
use crate::app::{App, AppError, facts};

/// Makes the store say what the files say. Live grants keep the flow version they were decided
/// under; a flow that is in no file any more is taken out of force.
pub async fn put_in_force(app: &App, config: &Config) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    let mut events = Vec::new();
    for integration in config.integrations.values() {
        events.extend(put_integration(&mut tx, integration).await?);
    }
    let old = flows::in_force(&mut tx).await?;
    for flow in config.flows.values() {
        let before = old.iter().find(|f| f.flow.id == flow.id);
        if before.is_some_and(|f| f.flow == *flow) {
            continue;
        }
        let version = flows::put(&mut tx, flow).await?;
        let after = json!({ "version": version, "flow": flow });
        events.push(changed("flow.changed", &flow.id, before.map(as_value), after));
    }
    for gone in old.iter().filter(|f| !config.flows.contains_key(&f.flow.id)) {
        flows::retire(&mut tx, &gone.flow.id).await?;
        let after = json!({ "in_force": false });
        events.push(changed("flow.removed", &gone.flow.id, Some(as_value(gone)), after));
    }
    audit::append(&mut tx, &events).await?;
    for flow in config.flows.keys() {
        ask_again(&mut tx, flow).await?;
    }
    Ok(app.commit(tx).await?)
}

/// What waits under an older version of a flow goes on under the one in force.
async fn ask_again(tx: &mut Tx, flow: &str) -> Result<(), AppError> {
    for access in list::pending_under(tx, flow).await? {
        let facts = facts::about(tx, &access.request).await?;
        let step = decide(&access, Command::FlowChanged(facts), tx.now())?;
        access::write(tx, &access, &step).await?;
    }
    Ok(())
}

async fn put_integration(
    tx: &mut Tx,
    declared: &IntegrationFile,
) -> Result<Option<Event>, AppError> {
    let text = serde_json::to_string(declared).map_err(|e| AppError::Invalid(e.to_string()))?;
    let after = json!({ "declared": declared });
    let Some(mut known) = integrations::by_name(tx, &declared.name).await? else {
        integrations::add(tx, &declared.name, &declared.kind, &text).await?;
        return Ok(Some(changed("integration.added", &declared.name, None, after)));
    };
    if known.declared == text {
        return Ok(None);
    }
    let before = json!({ "declared": known.declared });
    known.declared = text;
    integrations::update(tx, &known).await?;
    Ok(Some(changed("integration.changed", &declared.name, Some(before), after)))
}

fn as_value(flow: &FlowInForce) -> Value {
    json!({ "version": flow.version, "flow": flow.flow })
}

fn changed(kind: &str, name: &str, before: Option<Value>, after: Value) -> Event {
    let subject = Subject::Setting { name: name.to_owned() };
    Event { kind: kind.to_owned(), actor: Actor::System, subject, before, after }
}
