//! Integrations: list, connect, check.

use bellhop_api::{self as wire, ConnectKubernetes, Connected, IntegrationList, ManifestQuery};
use bellhop_connectors::{EndsAlone, Fault, Health};
use bellhop_domain::{Actor, Event, JobKind, Person, Role, Subject};
use bellhop_store::integrations::{self, Integration};
use bellhop_store::{Tx, audit, jobs, list, resources};
use serde_json::json;

use super::targets::{nearest, words};
use super::{App, AppError, Caller, Connection, connecting};
use crate::work::recurring;

pub(super) const CONNECT: &str = "connect an integration";
/// Gives no access any more; what is open still ends.
pub(super) const DISABLED: &str = "disabled";

/// All integrations.
pub async fn list(app: &App) -> Result<IntegrationList, AppError> {
    let mut tx = app.store.read().await?;
    let all = integrations::all(&mut tx).await?;
    let mut items = Vec::with_capacity(all.len());
    for integration in &all {
        items.push(view(app, &mut tx, integration, Vec::new()).await?);
    }
    let any_before = integrations::any_before(&mut tx).await?;
    Ok(IntegrationList { items, any_before })
}

/// One integration as it is stored.
pub async fn show(app: &App, name: &str) -> Result<wire::Integration, AppError> {
    let mut tx = app.store.read().await?;
    let integration = find(&mut tx, name).await?;
    view(app, &mut tx, &integration, Vec::new()).await
}

/// The manifest of the rights that Bellhop needs.
pub async fn manifest(app: &App, name: &str, query: &ManifestQuery) -> Result<String, AppError> {
    let mut tx = app.store.read().await?;
    let integration = find(&mut tx, name).await?;
    Ok(app.systems.manifest(&integration, query)?)
}

/// Connects an integration and checks it.
pub async fn connect(
    app: &App,
    caller: &Caller,
    name: &str,
    ask: &ConnectKubernetes,
) -> Result<Connected, AppError> {
    must_be_admin(&caller.person, CONNECT)?;
    let mut tx = app.store.read().await?;
    let mut integration = connecting::meant(&mut tx, name, ask).await?;
    drop(tx);
    let Connection { settings, pin } = app.systems.connect(&integration, ask).await?;
    same_system_while_in_use(&mut app.store.read().await?, &integration, &pin).await?;
    integration.settings = Some(settings);
    let connector = app.systems.open(&integration)?;
    let health = connector.check().await?;
    integration.pin = Some(pin.clone());
    set_status(&mut integration, &Ok(health.clone()));
    store(app, &mut integration, Some(caller), "integration.connected").await?;
    let shown = shown(app, &integration, health.missing_rights).await?;
    Ok(Connected { integration: shown, version: health.version, pin })
}

/// Access that is open on one system cannot be taken away through another: asked there, it would
/// seem to be gone.
pub(super) async fn same_system_while_in_use(
    tx: &mut Tx,
    integration: &Integration,
    pin: &str,
) -> Result<(), AppError> {
    let Integration { name, pin: Some(old), .. } = integration else { return Ok(()) };
    let open = list::open_in(tx, name).await?;
    if old == pin || open.is_empty() {
        return Ok(());
    }
    let numbers: Vec<_> = open.iter().map(|a| a.request.number.to_string()).collect();
    Err(AppError::Fault(Fault::WrongSystem(format!(
        "{name} is connected to the system {old}, and this is {pin}. Access is open on the old \
         one ({}): end it first, or define another integration for the new system",
        numbers.join(", ")
    ))))
}

/// Checks an integration now, and stores what was found.
pub async fn check(app: &App, caller: &Caller, name: &str) -> Result<wire::Integration, AppError> {
    must_be_admin(&caller.person, "check an integration")?;
    refresh(app, name).await
}

/// Reads what can be asked for in an integration now, as it is read every few minutes.
pub async fn sync(app: &App, caller: &Caller, name: &str) -> Result<wire::Integration, AppError> {
    must_be_admin(&caller.person, "sync an integration")?;
    let mut tx = app.store.read().await?;
    let integration = find(&mut tx, name).await?;
    drop(tx);
    crate::work::sync::one(app, name).await?;
    let mut tx = app.store.write().await?;
    jobs::recovered(&mut tx, JobKind::Sync, integration.id).await?;
    app.commit(tx).await?;
    shown(app, &integration, Vec::new()).await
}

/// Checks an integration and stores its status when that changed.
pub async fn refresh(app: &App, name: &str) -> Result<wire::Integration, AppError> {
    let mut tx = app.store.read().await?;
    let mut integration = find(&mut tx, name).await?;
    drop(tx);
    // One that is disabled stays so until somebody connects it again.
    if integration.settings.is_none() || integration.status == DISABLED {
        return shown(app, &integration, Vec::new()).await;
    }
    let was = (integration.status.clone(), integration.status_why.clone());
    let found = match app.systems.open(&integration) {
        Ok(connector) => connector.check().await,
        Err(fault) => Err(fault),
    };
    set_status(&mut integration, &found);
    if was != (integration.status.clone(), integration.status_why.clone()) {
        store(app, &mut integration, None, "integration.status").await?;
    }
    shown(app, &integration, found.map(|h| h.missing_rights).unwrap_or_default()).await
}

fn set_status(integration: &mut Integration, found: &Result<Health, Fault>) {
    let (status, why) = match found {
        Ok(health) if health.missing_rights.is_empty() => ("active", health.warnings.join(". ")),
        Ok(health) => (
            "degraded",
            format!("Bellhop lacks rights there: {}", health.missing_rights.join(", ")),
        ),
        Err(Fault::Unavailable(why) | Fault::Throttled { message: why, .. }) => {
            ("degraded", why.clone())
        }
        Err(fault) => ("error", fault.to_string()),
    };
    status.clone_into(&mut integration.status);
    integration.status_why = why;
}

async fn store(
    app: &App,
    integration: &mut Integration,
    by: Option<&Caller>,
    kind: &str,
) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    let actor = match by {
        Some(caller) => {
            // Connecting took a while: whoever began it may not be an admin any more.
            let person = caller.now(&mut tx).await?.person;
            must_be_admin(&person, CONNECT)?;
            Actor::from(&person)
        }
        None => Actor::System,
    };
    if connecting::is_draft(integration) {
        connecting::add(&mut tx, integration, &actor).await?;
    }
    let before = find(&mut tx, &integration.name).await?;
    if let Some(pin) = &integration.pin {
        same_system_while_in_use(&mut tx, &before, pin).await?;
    }
    integrations::update(&mut tx, integration).await?;
    let event = Event {
        kind: kind.to_owned(),
        actor,
        subject: Subject::Setting { name: integration.name.clone() },
        before: Some(json!({ "status": before.status, "pin": before.pin })),
        after: json!({
            "status": integration.status,
            "why": integration.status_why,
            "pin": integration.pin,
        }),
    };
    audit::append(&mut tx, &[event]).await?;
    if by.is_some() {
        recurring::look_at(&mut tx, integration.id).await?;
    }
    app.commit(tx).await?;
    integration.version += 1;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, name: &str) -> Result<Integration, AppError> {
    if let Some(found) = integrations::by_name(tx, name).await? {
        return Ok(found);
    }
    let known = integrations::all(tx).await?;
    let near = nearest(name, known.iter().map(|one| one.name.as_str()), 3);
    let meant = match near.as_slice() {
        [] => "`bellhop integrations` lists those that there are.".to_owned(),
        names => format!("Did you mean {}?", words(names, "or")),
    };
    let name: String = name.chars().take(40).collect();
    Err(AppError::NotFound(format!(
        "there is no integration \"{name}\". {meant} To have a new one: bellhop connect kubernetes {name} \
         --new; or write [[integration]] name = \"{name}\" into the configuration, then: bellhop apply"
    )))
}

pub(super) fn must_be_admin(person: &Person, what: &str) -> Result<(), AppError> {
    if person.role == Role::Admin {
        return Ok(());
    }
    Err(AppError::Forbidden(format!("only an admin may {what}, and {} is none", person.handle)))
}

pub(super) async fn shown(
    app: &App,
    integration: &Integration,
    missing_rights: Vec<String>,
) -> Result<wire::Integration, AppError> {
    view(app, &mut app.store.glance().await?, integration, missing_rights).await
}

async fn view(
    app: &App,
    tx: &mut Tx,
    integration: &Integration,
    missing_rights: Vec<String>,
) -> Result<wire::Integration, AppError> {
    let list = resources::state(tx, integration.id).await?;
    let ends_alone = match &integration.settings {
        Some(_) => app.systems.open(integration).ok().map(|c| match c.ends_alone() {
            EndsAlone::All { at_most_late } => {
                wire::EndsAlone::All { at_most_late_seconds: at_most_late }
            }
            EndsAlone::NewSignIns => wire::EndsAlone::NewSignIns,
            EndsAlone::Nothing => wire::EndsAlone::Nothing,
        }),
        None => None,
    };
    let (server, offers) = crate::connect::offered(integration);
    Ok(wire::Integration {
        name: integration.name.clone(),
        kind: integration.kind.clone(),
        owner: integration.owner.name().to_owned(),
        server,
        offers,
        status: integration.status.clone(),
        why: integration.status_why.clone(),
        missing_rights,
        ends_alone,
        resources: u64::try_from(list.resources).unwrap_or_default(),
        synced_at: list.synced_at,
        failing: jobs::failing(tx, integration.id).await?.into_iter().map(failing).collect(),
    })
}

fn failing(job: jobs::Failing) -> wire::FailingWork {
    let what = match job.kind {
        JobKind::Check => "asking whether it answers",
        JobKind::Sweep => "looking for access that is open without a grant",
        JobKind::Sync => "reading what can be asked for",
        // Work on requests and grants, which no integration has jobs of.
        JobKind::Expire
        | JobKind::Revoke
        | JobKind::Lapse
        | JobKind::Verify
        | JobKind::Apply
        | JobKind::Extend
        | JobKind::Recheck => job.kind.name(),
    };
    wire::FailingWork {
        work: job.kind.name().to_owned(),
        what: what.to_owned(),
        times: u32::try_from(job.times).unwrap_or(u32::MAX),
        why: job.why,
        next_at: job.next_at,
    }
}
