//! What to tell somebody beside a refusal, or beside a yes that will not work.

use bellhop_domain::{Facts, Person, Refusal, Target};
use bellhop_store::{StoreError, Tx, integrations, resources};

use super::nearest::nearest;
use super::resolve::alike;
use super::terms::words;
use crate::app::{App, AppError};

/// So many names are said at the most.
const NAMED: usize = 3;

/// The refusal of a request for `targets`, with the names that may have been meant. Told where
/// nothing is held: looking for names takes a while.
pub(in crate::app) async fn refused(
    app: &App,
    person: &Person,
    targets: &[Target],
    error: AppError,
) -> AppError {
    let AppError::Refused(refusal) = error else { return error };
    let advice = if let Refusal::UnknownSystem { name, known } = &refusal {
        did_you_mean(&nearest(name, known.iter().map(String::as_str), NAMED))
    } else if let Refusal::NotEntitled(_) = &refusal {
        match nearest_of_theirs(app, person, targets).await {
            Ok(advice) => advice,
            // The refusal stands, whatever became of the advice.
            Err(why) => {
                tracing::warn!(%why, "no names could be looked for");
                None
            }
        }
    } else {
        None
    };
    match advice {
        Some(advice) => AppError::Advised { refusal, advice },
        None => AppError::Refused(refusal),
    }
}

/// What they may ask for and may have meant by the first target that they may not.
async fn nearest_of_theirs(
    app: &App,
    person: &Person,
    targets: &[Target],
) -> Result<Option<String>, StoreError> {
    let mut tx = app.store.read().await?;
    let all = app.targets.of(&mut tx, person).await?;
    let theirs = |t: &&Target| all.entries.iter().any(|e| e.target() == t.to_string());
    let other = targets.iter().find(|target| !theirs(target));
    Ok(other.and_then(|target| did_you_mean(&alike(&target.to_string(), &all))))
}

fn did_you_mean(names: &[&str]) -> Option<String> {
    (!names.is_empty()).then(|| format!("Did you mean {}?", words(names, "or")))
}

/// What the lists of the target's system say about it. A request may be taken all the same: a list
/// is a few minutes old.
pub(in crate::app) async fn notes(
    tx: &mut Tx,
    facts: &Facts,
    target: &Target,
) -> Result<Vec<String>, StoreError> {
    let Target { integration, resource_type, resource, permission } = target;
    if facts.systems.get(integration).is_none_or(|system| system.pin.is_none()) {
        return Ok(Vec::new());
    }
    let Some(found) = integrations::by_name(tx, integration).await? else { return Ok(Vec::new()) };
    let Some(at) = resources::state(tx, found.id).await?.synced_at else {
        return Ok(vec![format!(
            "what can be asked for in {integration} is not known yet: bellhop integrations sync \
             {integration}"
        )]);
    };
    let offers = resources::offers(tx, found.id).await?;
    let all = resources::all(tx, found.id).await?;
    let at = at.format("%Y-%m-%d %H:%M:%S UTC");
    let mut types: Vec<&str> = offers.iter().map(|offer| offer.resource_type.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    if !types.contains(&resource_type.as_str()) {
        return Ok(vec![format!(
            "{integration} has no resource type \"{resource_type}\". It has {}",
            words(&types, "and")
        )]);
    }
    let mut notes = Vec::new();
    let here = || all.iter().filter(|one| one.resource_type == *resource_type);
    if !here().any(|one| one.name == *resource) {
        let near = nearest(resource, here().map(|one| one.name.as_str()), NAMED);
        let near = did_you_mean(&near).map(|text| format!(". {text}")).unwrap_or_default();
        notes.push(format!(
            "{integration} had no {resource_type} \"{resource}\" at {at}, when its list was read{near}"
        ));
    }
    let fits = |only_on: &str| only_on.is_empty() || only_on == resource;
    let offered = offers.iter().filter(|o| o.resource_type == *resource_type && fits(&o.only_on));
    let offered: Vec<&str> = offered.map(|offer| offer.permission.as_str()).collect();
    if !offered.contains(&permission.as_str()) {
        notes.push(format!(
            "{integration} does not offer \"{permission}\" there. It offers {}",
            words(&offered, "and")
        ));
    }
    Ok(notes)
}
