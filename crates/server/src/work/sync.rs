//! Reads what can be asked for in a connected system, and makes the stored list the same.
//!
//! Only a complete, successful list counts, and of it only what changed is written: in parts, each
//! a transaction of its own, so that nobody who asks for access meanwhile waits for thousands of
//! rows.

use std::collections::BTreeMap;

use bellhop_connectors::{FoundResource, FoundType};
use bellhop_store::integrations::{self, Integration};
use bellhop_store::resources::{self, ListState, Offer, Part, Resource};
use bellhop_store::{StoreError, Tx};

use super::effect::politely;
use crate::app::{App, AppError};

/// Rows that one transaction writes: a few milliseconds of the writers' lock.
const PART: usize = 500;
/// How often it begins anew when another replica, or somebody who asked, does the same.
const TRIES: u32 = 3;
/// Longer names, ids and tags are no use to anybody who asks.
const LONGEST: usize = 400;

/// Syncs one integration; answers how far its list is then.
pub(crate) async fn one(app: &App, integration: &str) -> Result<ListState, AppError> {
    for _ in 1..TRIES {
        match once(app, integration).await {
            Err(AppError::Store(StoreError::Conflict { .. })) => {}
            done => return done,
        }
    }
    once(app, integration).await
}

async fn once(app: &App, name: &str) -> Result<ListState, AppError> {
    // Read first, asked second: whoever writes in between has the newer picture, and this one stops.
    let mut tx = app.store.read().await?;
    let of = find(&mut tx, name).await?;
    let mut seen = resources::state(&mut tx, of.id).await?;
    let known = resources::all(&mut tx, of.id).await?;
    drop(tx);
    let connector = app.systems.open(&of)?;
    let found = politely(app, name, connector.discover()).await?;
    let (there, offered) = as_stored(found);
    let count = there.len();
    for part in changes(known, there) {
        let mut tx = app.store.write().await?;
        same_system(&mut tx, &of).await?;
        seen = resources::change(&mut tx, seen, &part).await?;
        app.commit(tx).await?;
    }
    let mut tx = app.store.write().await?;
    same_system(&mut tx, &of).await?;
    seen = resources::complete(&mut tx, seen, count, &offered).await?;
    app.commit(tx).await?;
    Ok(seen)
}

async fn find(tx: &mut Tx, name: &str) -> Result<Integration, AppError> {
    let gone = || AppError::NotFound(format!("there is no integration \"{name}\" (any more)"));
    integrations::by_name(tx, name).await?.ok_or_else(gone)
}

/// What one system said is not written as the list of another.
async fn same_system(tx: &mut Tx, asked: &Integration) -> Result<(), AppError> {
    let now = find(tx, &asked.name).await?;
    if (now.id, &now.pin, &now.settings) == (asked.id, &asked.pin, &asked.settings) {
        return Ok(());
    }
    let what = format!("{}, which was connected anew meanwhile,", asked.name);
    Err(StoreError::Conflict { what }.into())
}

type Key = (String, String);

/// What was found, as it is stored. What no target could name is left out.
fn as_stored(found: Vec<FoundType>) -> (BTreeMap<Key, Resource>, Vec<Offer>) {
    let (mut there, mut offered) = (BTreeMap::new(), Vec::new());
    for FoundType { name: resource_type, permissions, resources } in found {
        offered.extend(permissions.into_iter().map(|permission| Offer {
            resource_type: resource_type.clone(),
            permission: permission.name,
            only_on: permission.only_on.unwrap_or_default(),
        }));
        for FoundResource { name, uid, tags } in resources {
            if !is_plain(&name) || name.contains(' ') || !is_plain(&uid) {
                tracing::debug!(resource_type, uid, "a resource whose name no target can have");
                continue;
            }
            let tags = tags
                .into_iter()
                .filter(|(key, value)| is_plain(key) && (value.is_empty() || is_plain(value)));
            let resource_type = resource_type.clone();
            let key = (resource_type.clone(), name.clone());
            there.insert(key, Resource { resource_type, name, uid, tags: tags.collect() });
        }
    }
    (there, offered)
}

fn is_plain(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// What has to be written so that what is `known` becomes what is `there`.
fn changes(known: Vec<Resource>, mut there: BTreeMap<Key, Resource>) -> Vec<Part> {
    let mut gone = Vec::new();
    for old in known {
        let key = (old.resource_type.clone(), old.name.clone());
        match there.get(&key) {
            None => gone.push(key),
            Some(new) if *new == old => drop(there.remove(&key)),
            Some(_) => {}
        }
    }
    let put: Vec<Resource> = there.into_values().collect();
    let put = put.chunks(PART).map(|part| Part { put: part.to_vec(), gone: Vec::new() });
    let gone = gone.chunks(PART).map(|part| Part { put: Vec::new(), gone: part.to_vec() });
    put.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<FoundType> {
        let one = |name: &&str| FoundResource {
            name: (*name).to_owned(),
            uid: format!("uid of {name}"),
            tags: BTreeMap::new(),
        };
        let resources = names.iter().map(one).collect();
        vec![FoundType { name: "namespace".to_owned(), permissions: Vec::new(), resources }]
    }

    fn stored(names: &[&str]) -> BTreeMap<Key, Resource> {
        as_stored(found(names)).0
    }

    #[test]
    fn only_what_changed_is_written_and_never_much_at_once() {
        let names: Vec<String> = (0..1_200).map(|n| format!("n{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let all = stored(&names);
        let parts = changes(Vec::new(), all.clone());
        assert_eq!(parts.iter().map(|part| part.put.len()).collect::<Vec<_>>(), [500, 500, 200]);
        let known: Vec<Resource> = all.values().cloned().collect();
        assert_eq!(changes(known.clone(), all.clone()), []);

        let mut later = all;
        later.remove(&("namespace".to_owned(), "n7".to_owned()));
        let again = later.get_mut(&("namespace".to_owned(), "n8".to_owned())).expect("there");
        "another".clone_into(&mut again.uid);
        let again = again.clone();
        let parts = changes(known.clone(), later);
        let gone = vec![("namespace".to_owned(), "n7".to_owned())];
        let put = Part { put: vec![again], gone: Vec::new() };
        assert_eq!(parts, [put, Part { put: Vec::new(), gone }]);

        let parts = changes(known, BTreeMap::new());
        assert_eq!(parts.iter().map(|part| part.gone.len()).collect::<Vec<_>>(), [500, 500, 200]);
    }

    #[test]
    fn what_no_target_can_name_is_left_out() {
        let long = "x".repeat(LONGEST + 1);
        let left: Vec<_> = stored(&["a", "", "a b", "a\0b", "a\nb", &long]).into_keys().collect();
        assert_eq!(left, [("namespace".to_owned(), "a".to_owned())]);
    }
}
