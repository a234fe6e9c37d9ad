//! What can be asked for: written in parts, each guarded by what its writer had read.

use std::collections::BTreeMap;

use bellhop_store::resources::{self, ListState, Offer, Part, Resource};
use bellhop_store::{Store, StoreError, Tx, integrations};

use crate::world::World;

on_both!(
    a_list_is_what_its_last_complete_sync_found,
    who_has_an_older_picture_writes_nothing,
    a_list_that_stayed_as_it_was_keeps_its_version,
    many_are_written_in_few_statements,
);

fn resource(name: &str, uid: &str) -> Resource {
    let tags = BTreeMap::from([("env".to_owned(), "a \"quoted\" é".to_owned())]);
    let (resource_type, name, uid) = ("namespace".to_owned(), name.to_owned(), uid.to_owned());
    Resource { resource_type, name, uid, tags }
}

fn offer(permission: &str, only_on: &str) -> Offer {
    let (resource_type, permission) = ("namespace".to_owned(), permission.to_owned());
    Offer { resource_type, permission, only_on: only_on.to_owned() }
}

fn put(names: &[&str]) -> Part {
    Part { put: names.iter().map(|name| resource(name, "1")).collect(), gone: Vec::new() }
}

async fn state(tx: &mut Tx) -> ListState {
    let found = integrations::by_name(tx, "k8s-real").await.expect("reads").expect("there");
    resources::state(tx, found.id).await.expect("reads")
}

async fn all(store: &Store) -> Vec<Resource> {
    let mut tx = store.read().await.expect("opens");
    let seen = state(&mut tx).await;
    let mut all = resources::all(&mut tx, seen.integration).await.expect("reads");
    all.sort();
    all
}

async fn a_list_is_what_its_last_complete_sync_found(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let seen = state(&mut tx).await;
    assert_eq!((seen.version, seen.synced_at), (0, None));
    let seen = resources::change(&mut tx, seen, &put(&["b", "a", "c"])).await.expect("put");
    let offered = [offer("edit", ""), offer("debug", "a")];
    let seen = resources::complete(&mut tx, seen, 3, &offered).await.expect("complete");
    assert_eq!((seen.resources, seen.synced_at), (3, Some(tx.now())));
    tx.commit().await.expect("kept");
    let names = |all: Vec<Resource>| all.into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(all(&world.store).await[0], resource("a", "1"), "with its tags");
    assert_eq!(names(all(&world.store).await), ["a", "b", "c"]);

    let mut tx = world.store.write().await.expect("opens");
    let read = state(&mut tx).await;
    assert_eq!(read, seen);
    assert_eq!(resources::states(&mut tx).await.expect("reads"), [seen]);
    let gone = vec![("namespace".to_owned(), "b".to_owned()), ("group".to_owned(), "a".to_owned())];
    let part = Part { put: vec![resource("a", "2"), resource("d", "1")], gone };
    let seen = resources::change(&mut tx, read, &part).await.expect("changed");
    resources::complete(&mut tx, seen, 3, &[offer("view", "")]).await.expect("complete");
    tx.commit().await.expect("kept");
    let left = all(&world.store).await;
    assert_eq!(left[0], resource("a", "2"), "made again under its name");
    assert_eq!(names(left), ["a", "c", "d"]);
    let mut tx = world.store.read().await.expect("opens");
    let offers = resources::offers(&mut tx, seen.integration).await.expect("reads");
    assert_eq!(offers, [offer("view", "")]);
}

async fn who_has_an_older_picture_writes_nothing(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let old = state(&mut tx).await;
    let first = resources::change(&mut tx, old, &put(&["a"])).await.expect("put");
    tx.commit().await.expect("kept");
    let other = world.open().await.expect("opens");
    for stale in [old, ListState { version: 7, ..old }] {
        let mut tx = other.write().await.expect("opens");
        let refused = resources::change(&mut tx, stale, &put(&["b"])).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        let refused = resources::complete(&mut tx, stale, 1, &[offer("edit", "")]).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    let mut tx = other.write().await.expect("opens");
    resources::change(&mut tx, first, &put(&["c"])).await.expect("the newest picture");
    tx.commit().await.expect("kept");
    assert_eq!(all(&world.store).await.len(), 2);
}

async fn a_list_that_stayed_as_it_was_keeps_its_version(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let seen = state(&mut tx).await;
    let offered = [offer("edit", ""), offer("view", "")];
    let first = resources::complete(&mut tx, seen, 0, &offered).await.expect("complete");
    assert_eq!(first.version, 1, "an empty list is a list");
    let turned = [offer("view", ""), offer("edit", "")];
    let second = resources::complete(&mut tx, first, 0, &turned).await.expect("complete");
    assert_eq!(second.version, 1);
    let third = resources::complete(&mut tx, second, 0, &turned[..1]).await.expect("complete");
    assert_eq!(third.version, 2);
}

async fn many_are_written_in_few_statements(world: World) {
    let names: Vec<String> = (0..2_000).map(|n| format!("n{n:04}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut tx = world.store.write().await.expect("opens");
    let seen = state(&mut tx).await;
    let seen = resources::change(&mut tx, seen, &put(&names)).await.expect("put");
    let gone = names.iter().skip(1).map(|name| ("namespace".to_owned(), (*name).to_owned()));
    let part = Part { put: Vec::new(), gone: gone.collect() };
    resources::change(&mut tx, seen, &part).await.expect("removed");
    tx.commit().await.expect("kept");
    assert_eq!(all(&world.store).await, [resource("n0000", "1")]);
}
