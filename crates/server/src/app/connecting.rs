//! Before a system is connected: which integration is meant, and what connecting it would come to.

use std::time::Duration;

use bellhop_api::{ConnectCheck, ConnectKubernetes, ConnectPreview, ManifestQuery};
use bellhop_connectors::{About, Finding, Flaw, Preview};
use bellhop_domain::{Actor, CredentialPlace, Event, IntegrationId, Subject, is_integration_name};
use bellhop_store::integrations::{self, Integration, Owner};
use bellhop_store::{Tx, audit};
use serde_json::json;
use uuid::Uuid;

use super::integrations::{find, must_be_admin, same_system_while_in_use};
use super::{App, AppError, Caller, words};
use crate::config::{self, IntegrationFile, KINDS};

/// How long a look may take, a sign-in plugin included.
const LONGEST: Duration = Duration::from_secs(25);
/// As many questions as these lead to are asked in that time.
const MOST_ROLES: usize = 20;
const MOST_NAMESPACES: usize = 50;

/// What connecting would come to. Nothing is made or stored.
pub async fn preview(
    app: &App,
    caller: &Caller,
    name: &str,
    ask: &ConnectKubernetes,
) -> Result<ConnectPreview, AppError> {
    let mut tx = app.store.read().await?;
    let person = caller.now(&mut tx).await?.person;
    must_be_admin(&person, "see what connecting would come to")?;
    bounded(ask)?;
    let (integration, named) = named(&mut tx, name, ask).await?;
    drop(tx);
    let looked = app.within(LONGEST, app.systems.preview(&integration, ask)).await;
    let mut found = match looked {
        Some(Ok(found)) => found,
        Some(Err(fault)) => failed(About::Context, fault.to_string()),
        None => {
            failed(About::Reach, format!("there was no answer in {} seconds", LONGEST.as_secs()))
        }
    };
    let mut tx = app.store.read().await?;
    refuse_other_system(&mut tx, &integration, &mut found).await?;
    drop(tx);
    let mut checks = vec![named];
    let shown = |check: &&bellhop_connectors::Check| {
        check.about != About::Places || !ask.namespaces.is_empty()
    };
    checks.extend(found.checks.iter().filter(shown).map(|check| words::check(check, ask)));
    let query = ManifestQuery::of(&ask.offer, &ask.namespaces);
    Ok(ConnectPreview {
        ready: checks.iter().all(|check| check.state == words::PASSED || may_be_unseen(check)),
        checks,
        server: found.server,
        version: found.version,
        pin: found.pin,
        manifest: app.systems.manifest(&integration, &query).ok(),
    })
}

/// Who may connect may be somebody who cannot look at everything.
fn may_be_unseen(check: &ConnectCheck) -> bool {
    check.state == words::NOT_SEEN && matches!(check.check.as_str(), "permissions" | "places")
}

fn bounded(ask: &ConnectKubernetes) -> Result<(), AppError> {
    for (many, most, what) in [
        (ask.offer.len(), MOST_ROLES, "roles"),
        (ask.namespaces.len(), MOST_NAMESPACES, "namespaces"),
    ] {
        if many > most {
            return Err(AppError::Invalid(format!(
                "{many} {what} are named, and {most} are the most"
            )));
        }
    }
    Ok(())
}

fn failed(about: About, why: String) -> Preview {
    let finding = Finding::Failed(Flaw { why, ..Flaw::default() });
    let unseen = |about| bellhop_connectors::Check { about, finding: Finding::NotSeen };
    let mut checks = About::ALL.map(unseen).to_vec();
    checks.retain(|check| check.about != about);
    checks.insert(0, bellhop_connectors::Check { about, finding });
    Preview { checks, ..Preview::default() }
}

/// The integration as it is or would be, and whether it can be connected under that name.
async fn named(
    tx: &mut Tx,
    name: &str,
    ask: &ConnectKubernetes,
) -> Result<(Integration, ConnectCheck), AppError> {
    let known = integrations::by_name(tx, name).await?;
    let check = match &known {
        _ if !is_integration_name(name) => words::name(Err((
            "a name is 1 to 40 of a-z, 0-9 and -".to_owned(),
            "Choose another name",
        ))),
        Some(_) if !ask.new => words::name(Ok("")),
        Some(known) if known.settings.is_some() => words::name(Err((
            format!("{name} is connected already"),
            "Choose another name, or open that integration to connect it again",
        ))),
        Some(known) if known.owner == Owner::File => {
            words::name(Ok("the configuration files define it, and flows name it already"))
        }
        None if !ask.new => words::name(Err((
            format!("there is no integration {name}"),
            "Choose one that there is, or connect a new one",
        ))),
        Some(_) | None => words::name(Ok("")),
    };
    let integration = match known {
        Some(known) => known,
        None => draft(name, ask)?,
    };
    Ok((integration, check))
}

/// One system under two names would be given rights twice, and the later ones take the earlier away.
async fn refuse_other_system(
    tx: &mut Tx,
    integration: &Integration,
    found: &mut Preview,
) -> Result<(), AppError> {
    let Some(pin) = found.pin.clone() else { return Ok(()) };
    let all = integrations::all(tx).await?;
    let same = |one: &&Integration| one.name != integration.name && one.pin.as_ref() == Some(&pin);
    let flaw = if let Some(other) = all.iter().find(same) {
        Flaw {
            why: format!("it is connected already, as {}", other.name),
            next: format!(
                "Open {} to connect it again, or choose the context of another cluster",
                other.name
            ),
            ..Flaw::default()
        }
    } else if let Err(AppError::Fault(fault)) =
        same_system_while_in_use(tx, integration, &pin).await
    {
        Flaw { why: fault.to_string(), ..Flaw::default() }
    } else {
        return Ok(());
    };
    if let Some(check) = found.checks.iter_mut().find(|check| check.about == About::System) {
        check.finding = Finding::Failed(flaw);
    }
    Ok(())
}

/// The integration that is to be connected: as it is stored or, where it is new, as it would be.
pub(super) async fn meant(
    tx: &mut Tx,
    name: &str,
    ask: &ConnectKubernetes,
) -> Result<Integration, AppError> {
    if !ask.new {
        let mut known = find(tx, name).await?;
        if known.owner == Owner::Ui {
            known.declared = declared(name, ask)?;
        }
        return Ok(known);
    }
    if !is_integration_name(name) {
        let short: String = name.chars().take(40).collect();
        return Err(AppError::Invalid(format!(
            "\"{short}\" cannot name an integration: use 1 to 40 of a-z, 0-9 and -"
        )));
    }
    match integrations::by_name(tx, name).await? {
        Some(known) if known.settings.is_some() => Err(AppError::Conflict(format!(
            "{name} is connected already. Choose another name; or connect it again, and not as a new one"
        ))),
        Some(known) => Ok(known),
        None => draft(name, ask),
    }
}

fn draft(name: &str, ask: &ConnectKubernetes) -> Result<Integration, AppError> {
    let [kind] = KINDS;
    Ok(Integration {
        id: IntegrationId(Uuid::nil()),
        name: name.to_owned(),
        kind: kind.to_owned(),
        owner: Owner::Ui,
        declared: declared(name, ask)?,
        settings: None,
        pin: None,
        status: String::new(),
        status_why: String::new(),
        version: 0,
    })
}

/// What whoever connects it by hand says of it, as a file would.
fn declared(name: &str, ask: &ConnectKubernetes) -> Result<String, AppError> {
    let [kind] = KINDS;
    config::text(&IntegrationFile {
        name: name.to_owned(),
        kind: kind.to_owned(),
        kubeconfig_context: ask.admin.context.clone(),
        offer: ask.offer.clone(),
        namespaces: ask.namespaces.clone(),
        credential: CredentialPlace::default(),
    })
}

/// Whether nobody stored it yet.
pub(super) fn is_draft(integration: &Integration) -> bool {
    integration.version == 0
}

/// Stores a new integration, before what was found about it.
pub(super) async fn add(
    tx: &mut Tx,
    draft: &mut Integration,
    actor: &Actor,
) -> Result<(), AppError> {
    let Integration { name, kind, owner, declared, .. } = &*draft;
    if integrations::by_name(tx, name).await?.is_some() {
        let text = format!("somebody else made {name} meanwhile. Choose another name");
        return Err(AppError::Conflict(text));
    }
    let added = integrations::add(tx, name, kind, (*owner, declared)).await?;
    let event = Event {
        kind: "integration.added".to_owned(),
        actor: actor.clone(),
        subject: Subject::Setting { name: name.clone() },
        before: None,
        after: json!({ "declared": declared, "owner": owner.name() }),
    };
    audit::append(tx, &[event]).await?;
    (draft.id, draft.version) = (added.id, added.version);
    Ok(())
}
