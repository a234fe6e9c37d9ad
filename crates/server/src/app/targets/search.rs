//! `GET /api/v1/targets`

use std::collections::HashMap;
use std::sync::Arc;

use bellhop_api::{TargetItem, TargetList, TargetQuery};
use bellhop_domain::{Facts, Person, Target};
use bellhop_store::{StoreError, Tx, list};

use super::expand::{Entry, Requestable};
use super::rank::{Matches, Page, rank};
use super::terms::terms;
use crate::app::{App, AppError, facts};

/// The longest search, in characters: nobody types more, and matching costs by length.
const LONGEST_Q: usize = 200;
/// How far back a request is "lately", in requests of the caller.
const LATELY: i64 = 50;

/// What a person may request, ranked.
pub async fn search(
    app: &App,
    person: &Person,
    query: TargetQuery,
) -> Result<TargetList, AppError> {
    let TargetQuery { q, limit, cursor } = query;
    let length = q.chars().count();
    if length > LONGEST_Q {
        return Err(AppError::Invalid(format!(
            "the search has {length} characters, and {LONGEST_Q} are the most. A few letters of \
             each part are enough: cust1 edit"
        )));
    }
    let limit = usize::try_from(limit.unwrap_or(20).clamp(1, 200)).unwrap_or(20);
    let mut tx = app.store.read().await?;
    let all = app.targets.of(&mut tx, person).await?;
    let lately = lately(&mut tx, person, &all).await?;
    let after = cursor.map(|cursor| place_of(&all, &cursor).ok_or_else(gone)).transpose()?;
    let ranked = Arc::clone(&all);
    let work = move || rank(&ranked.entries, &q, &lately, &Page { limit, after });
    let matches = super::beside(work).await;
    let now = Now {
        active: list::active_targets(&mut tx, person.id).await?.into_iter().collect(),
        facts: facts::about_new(app, &mut tx, person.clone()).await?,
    };
    Ok(shown(&all, &matches, &now))
}

/// What is true of targets at this moment, whatever they were found from.
struct Now {
    active: HashMap<String, bellhop_domain::RequestNumber>,
    facts: Facts,
}

fn shown(all: &Requestable, matches: &Matches, now: &Now) -> TargetList {
    let entries = matches.page.iter().filter_map(|place| all.entries.get(*place));
    let items: Vec<_> = entries.filter_map(|entry| item(all, entry, now)).collect();
    let next = items.last().filter(|_| matches.more).map(|last| last.target.clone());
    TargetList { items, total: u64::try_from(matches.total).unwrap_or(u64::MAX), next }
}

fn item(all: &Requestable, entry: &Entry, now: &Now) -> Option<TargetItem> {
    let target: Target = entry.target().parse().ok()?;
    let under = terms(all.flow(entry)?);
    let active = now.active.get(entry.target()).map(ToString::to_string);
    let closed = now.facts.systems_of(std::slice::from_ref(&target)).err();
    let text = entry.target().to_owned();
    let Target { integration, resource_type, resource, permission } = target;
    let closed = closed.map(|refusal| refusal.to_string());
    let item = TargetItem {
        target: text,
        integration,
        resource_type,
        resource,
        permission,
        under,
        active,
        closed,
    };
    Some(item)
}

/// Where what the person requested lately is in the list, the newest first.
async fn lately(tx: &mut Tx, person: &Person, all: &Requestable) -> Result<Vec<usize>, StoreError> {
    let wanted = list::wanted_lately(tx, person.id, LATELY).await?;
    Ok(wanted.iter().filter_map(|target| place_of(all, &target.to_string())).collect())
}

/// Entries are in the order of their targets, part by part, which is not that of the texts.
fn place_of(all: &Requestable, target: &str) -> Option<usize> {
    let target: Target = target.parse().ok()?;
    let by_target = |entry: &Entry| entry.target().parse::<Target>().map(|one| one.cmp(&target));
    all.entries.binary_search_by(|entry| by_target(entry).unwrap_or(std::cmp::Ordering::Less)).ok()
}

fn gone() -> AppError {
    let text = "the place where the last page ended is not in the list any more";
    AppError::BadCursor(text.to_owned())
}
