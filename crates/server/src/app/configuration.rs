//! The configuration: what files would change, putting them in force, and what is in force.

use bellhop_api::{
    ApplyFlows, ChangedField, ConfigurationFile, ExportedFlows, FlowPlan, PlanFlows, PlannedChange,
};
use bellhop_domain::Actor;
use bellhop_store::configuration::{self, Origin, Text};
use bellhop_store::{Tx, integrations, list};

use super::integrations::must_be_admin;
use super::{App, AppError, Caller};
use crate::config::{self, Change, ConfigError, Deed, Plan, Source, What};

const CHANGE: &str = "change flows and integrations";

/// What these files would change.
pub async fn plan(app: &App, caller: &Caller, input: PlanFlows) -> Result<FlowPlan, AppError> {
    let sources = sources(input.files);
    let own = own_texts(app);
    let mut tx = app.store.read().await?;
    must_be_admin(&caller.now(&mut tx).await?.person, CHANGE)?;
    let beside = config::made_by_hand(&mut tx).await?;
    let config = config::check_beside(&sources, &beside)?;
    let plan = Plan::of(&mut tx, &config).await?;
    let mut answer = shown(&mut tx, &plan).await?;
    answer.blocked = blocked(app, origin(&own?, &sources), &answer);
    Ok(answer)
}

/// Applies exactly the plan that was shown, in one transaction. What is applied from elsewhere than
/// the backend's own folder is kept in the store, and counts as long as that folder has no files.
pub async fn apply(app: &App, caller: &Caller, input: ApplyFlows) -> Result<FlowPlan, AppError> {
    let ApplyFlows { files, plan: hash } = input;
    let sources = sources(files);
    let own = own_texts(app);
    let mut tx = app.store.write().await?;
    let person = caller.now(&mut tx).await?.person;
    must_be_admin(&person, CHANGE)?;
    let beside = config::made_by_hand(&mut tx).await?;
    let config = config::check_beside(&sources, &beside)?;
    let origin = origin(&own?, &sources);
    let plan = Plan::of(&mut tx, &config).await?;
    let mut answer = shown(&mut tx, &plan).await?;
    answer.blocked = blocked(app, origin, &answer);
    if answer.hash != hash {
        return Err(AppError::OtherPlan(Box::new(answer)));
    }
    let Some(origin) = origin.filter(|_| answer.blocked.is_none()) else {
        return Err(AppError::Conflict(answer.blocked.unwrap_or_default()));
    };
    let done = (&config, &plan);
    let removed = config::carry_out(app, &mut tx, done, &Actor::from(&person)).await?;
    configuration::replace(&mut tx, origin, &config::kept(sources)).await?;
    app.commit(tx).await?;
    app.configuration.set(None);
    for integration in removed {
        // Nobody can use it any more: what is left is a file that says nothing.
        if let Err(error) = app.systems.forget(&integration) {
            tracing::warn!(integration = integration.name, %error, "its credential is still there");
        }
    }
    Ok(answer)
}

/// The files in force.
pub async fn export(app: &App, caller: &Caller) -> Result<ExportedFlows, AppError> {
    let mut tx = app.store.read().await?;
    must_be_admin(&caller.now(&mut tx).await?.person, "export flows and integrations")?;
    let Some((origin, texts)) = configuration::in_force(&mut tx).await? else {
        return Ok(ExportedFlows { origin: None, files: Vec::new() });
    };
    let file = |Text { name, content }| ConfigurationFile { name, text: content };
    let files = texts.into_iter().map(file).collect();
    Ok(ExportedFlows { origin: Some(origin.name().to_owned()), files })
}

/// By name, as a folder has them.
fn sources(files: Vec<ConfigurationFile>) -> Vec<Source> {
    let source = |ConfigurationFile { name, text }| Source { name, text };
    let mut sources: Vec<_> = files.into_iter().map(source).collect();
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources
}

/// What is in the backend's own folder.
fn own_texts(app: &App) -> Result<Vec<Source>, ConfigError> {
    Ok(app.configuration.folder().map(config::texts).transpose()?.unwrap_or_default())
}

/// Where these texts are kept. What a backend reads in its own folder at each start would undo
/// anything else, so while there is something, nothing else is applied: then they have no place.
fn origin(own: &[Source], sources: &[Source]) -> Option<Origin> {
    if own.is_empty() {
        return Some(Origin::Applied);
    }
    (own == sources).then_some(Origin::Folder)
}

/// Why a plan cannot be carried out, and what to do.
fn blocked(app: &App, origin: Option<Origin>, plan: &FlowPlan) -> Option<String> {
    origin.is_none().then(|| elsewhere(app)).or_else(|| held(plan))
}

fn elsewhere(app: &App) -> String {
    let folder = app.configuration.folder().map(|folder| folder.display().to_string());
    format!(
        "this backend reads its own configuration folder at each start, and that says something \
         else, so what is applied now would be undone then. Put the files into {} and run: \
         bellhop apply",
        folder.unwrap_or_default()
    )
}

/// An integration whose access nobody could take away afterwards stays.
fn held(plan: &FlowPlan) -> Option<String> {
    let held = plan.changes.iter().find(|change| !change.held_by.is_empty())?;
    Some(format!(
        "the integration {} cannot be removed: access is open there, or ended only a moment ago \
         ({}), and without the integration nothing could take it away. End it first: bellhop end {}",
        held.name,
        held.held_by.join(", "),
        held.held_by.first().map_or("", String::as_str)
    ))
}

async fn shown(tx: &mut Tx, plan: &Plan) -> Result<FlowPlan, AppError> {
    let (add, change, remove) = plan.counts();
    let mut changes = Vec::with_capacity(plan.changes.len());
    for change in &plan.changes {
        changes.push(shown_change(tx, change).await?);
    }
    let (hash, unchanged) = (plan.hash(), plan.unchanged);
    Ok(FlowPlan { hash, add, change, remove, unchanged, changes, blocked: None })
}

async fn shown_change(tx: &mut Tx, change: &Change) -> Result<PlannedChange, AppError> {
    let deed = match change.deed {
        Deed::Add { .. } => "add",
        Deed::Change { .. } => "change",
        Deed::Remove { .. } => "remove",
    };
    let field = |field: config::Field| {
        let config::Field { field, before, after } = field;
        ChangedField { field, before, after }
    };
    let mut shown = PlannedChange {
        what: change.what.name().to_owned(),
        name: change.name.clone(),
        deed: deed.to_owned(),
        fields: change.fields().into_iter().map(field).collect(),
        live_grants: 0,
        pending_requests: 0,
        held_by: Vec::new(),
        connected: false,
    };
    match (change.what, &change.deed) {
        (What::Flow, Deed::Change { .. } | Deed::Remove { .. }) => {
            let (live, pending) = list::standing_under(tx, &change.name).await?;
            shown.live_grants = u64::try_from(live).unwrap_or_default();
            shown.pending_requests = u64::try_from(pending).unwrap_or_default();
        }
        (What::Integration, Deed::Remove { .. }) => {
            let held = list::holding(tx, &change.name).await?;
            shown.held_by = held.iter().map(ToString::to_string).collect();
            let found = integrations::by_name(tx, &change.name).await?;
            shown.connected = found.is_some_and(|found| found.settings.is_some());
        }
        (What::Flow, Deed::Add { .. })
        | (What::Integration, Deed::Add { .. } | Deed::Change { .. }) => {}
    }
    Ok(shown)
}
