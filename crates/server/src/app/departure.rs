//! Disconnecting an integration: the other end of connecting.

use bellhop_api::{Disconnect, Disconnected};
use bellhop_domain::{Actor, Event, Subject};
use bellhop_store::integrations::{self, Integration, Owner};
use bellhop_store::{Tx, audit, flows, list};
use serde_json::json;

use super::integrations::{DISABLED, find, must_be_admin, shown};
use super::{App, AppError, Caller};

const DISCONNECT: &str = "disconnect an integration";

/// Takes away in the system what connecting made there, and forgets the system. Refused while any
/// access is open there: nobody could take it away afterwards.
pub async fn disconnect(
    app: &App,
    caller: &Caller,
    name: &str,
    ask: &Disconnect,
) -> Result<Disconnected, AppError> {
    let integration = close(app, caller, name).await?;
    let removed = if ask.forget || integration.pin.is_none() {
        Vec::new()
    } else {
        app.systems.disconnect(&integration, ask).await?
    };
    app.systems.forget(&integration)?;
    let integration = forget(app, caller, name, &removed).await?;
    Ok(Disconnected { integration: shown(app, &integration, Vec::new()).await?, removed })
}

/// From here on nothing new is granted there, however long the rest takes.
async fn close(app: &App, caller: &Caller, name: &str) -> Result<Integration, AppError> {
    let mut tx = app.store.write().await?;
    let person = caller.now(&mut tx).await?.person;
    must_be_admin(&person, DISCONNECT)?;
    let mut integration = find(&mut tx, name).await?;
    nothing_is_open(&mut tx, name).await?;
    DISABLED.clone_into(&mut integration.status);
    integration.status_why = format!(
        "it is being disconnected. To use it again: bellhop connect {} {name}",
        integration.kind
    );
    integrations::update(&mut tx, &integration).await?;
    app.commit(tx).await?;
    integration.version += 1;
    Ok(integration)
}

async fn nothing_is_open(tx: &mut Tx, name: &str) -> Result<(), AppError> {
    let open = list::open_in(tx, name).await?;
    if open.is_empty() {
        return Ok(());
    }
    let numbers: Vec<_> = open.iter().map(|one| one.request.number.to_string()).collect();
    Err(AppError::Conflict(format!(
        "access is open in {name} ({}), and without the connection nothing could take it away. End \
         it first: bellhop end {}",
        numbers.join(", "),
        numbers.first().map_or("", String::as_str)
    )))
}

async fn forget(
    app: &App,
    caller: &Caller,
    name: &str,
    removed: &[String],
) -> Result<Integration, AppError> {
    let mut tx = app.store.write().await?;
    let person = caller.now(&mut tx).await?.person;
    must_be_admin(&person, DISCONNECT)?;
    let mut integration = find(&mut tx, name).await?;
    if integration.status != DISABLED {
        let text = format!("{name} was connected again meanwhile, and stays so");
        return Err(AppError::Conflict(text));
    }
    let before = json!({ "pin": integration.pin });
    let why = format!("not connected; run: bellhop connect {} {name}", integration.kind);
    (integration.settings, integration.pin, integration.status_why) = (None, None, why);
    "error".clone_into(&mut integration.status);
    integrations::update(&mut tx, &integration).await?;
    integration.version += 1;
    // Nothing but this connection spoke for it.
    let gone = integration.owner == Owner::Ui && is_free(&mut tx, name).await?;
    if gone {
        integrations::remove(&mut tx, &integration).await?;
    }
    let event = Event {
        kind: "integration.disconnected".to_owned(),
        actor: Actor::from(&person),
        subject: Subject::Setting { name: name.to_owned() },
        before: Some(before),
        after: json!({ "status": integration.status, "removed": removed, "in_force": !gone }),
    };
    audit::append(&mut tx, &[event]).await?;
    app.commit(tx).await?;
    Ok(integration)
}

/// Whether no flow names it, and nothing there is to be read once more.
async fn is_free(tx: &mut Tx, name: &str) -> Result<bool, AppError> {
    let flows = flows::in_force(tx).await?;
    let mut rules = flows.iter().flat_map(|one| &one.flow.targets);
    Ok(rules.all(|rule| rule.integration != name) && list::holding(tx, name).await?.is_empty())
}
