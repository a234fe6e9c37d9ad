//! The texts of the configuration in force, and integrations that it has no more.

use bellhop_store::configuration::{self, Origin, Text};
use bellhop_store::integrations::Owner;
use bellhop_store::{StoreError, integrations, list};

use crate::world::World;

on_both!(
    what_is_in_force_is_kept_whole_and_replaced_whole,
    a_removed_integration_is_found_no_more_and_its_name_is_free,
    what_is_still_open_under_a_flow_and_in_a_system_is_counted,
);

fn text(name: &str, content: &str) -> Text {
    Text { name: name.to_owned(), content: content.to_owned() }
}

async fn what_is_in_force_is_kept_whole_and_replaced_whole(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    assert_eq!(configuration::in_force(&mut tx).await.expect("reads"), None);
    let texts = [text("a.toml", "# one\n"), text("B.toml", "# \u{fc}\n")];
    configuration::replace(&mut tx, Origin::Applied, &texts).await.expect("kept");
    let [a, b] = texts;
    let found = configuration::in_force(&mut tx).await.expect("reads");
    assert_eq!(found, Some((Origin::Applied, vec![b, a])), "in the order of bytes on both engines");
    let other = [text("c.toml", "")];
    configuration::replace(&mut tx, Origin::Folder, &other).await.expect("kept");
    let found = configuration::in_force(&mut tx).await.expect("reads");
    assert_eq!(found, Some((Origin::Folder, other.to_vec())));
    configuration::replace(&mut tx, Origin::Applied, &[]).await.expect("kept");
    assert_eq!(configuration::in_force(&mut tx).await.expect("reads"), None);
}

async fn a_removed_integration_is_found_no_more_and_its_name_is_free(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let old = integrations::by_name(&mut tx, "k8s-real").await.expect("reads").expect("there");
    integrations::remove(&mut tx, &old).await.expect("removed");
    let again = integrations::remove(&mut tx, &old).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    assert_eq!(integrations::by_name(&mut tx, "k8s-real").await.expect("reads"), None);
    assert_eq!(integrations::by_id(&mut tx, old.id).await.expect("reads"), None);
    assert_eq!(integrations::all(&mut tx).await.expect("reads"), []);
    let new = integrations::add(&mut tx, "k8s-real", "kubernetes", (Owner::File, "{}"))
        .await
        .expect("added");
    assert_ne!(new.id, old.id, "it is another system until somebody says otherwise");
    assert_eq!((new.settings, new.pin), (None, None));
    let found = integrations::by_name(&mut tx, "k8s-real").await.expect("reads").expect("there");
    assert_eq!(found.id, new.id);
}

async fn what_is_still_open_under_a_flow_and_in_a_system_is_counted(world: World) {
    let access = world.asked().await;
    let mut tx = world.store.read().await.expect("opens");
    let flow = &access.request.flow.id;
    assert_eq!(list::standing_under(&mut tx, flow).await.expect("counts"), (1, 0));
    assert_eq!(list::standing_under(&mut tx, "other").await.expect("counts"), (0, 0));
    let holding = list::holding(&mut tx, "k8s-real").await.expect("reads");
    assert_eq!(holding, [access.request.number]);
    drop(tx);
    // Over, but to be read once more.
    world.behind_its_back("UPDATE requests SET status = 'ended'").await;
    world.behind_its_back("UPDATE grants SET state = 'ended'").await;
    world.behind_its_back("UPDATE jobs SET kind = 'recheck' WHERE kind = 'apply'").await;
    let mut tx = world.store.read().await.expect("opens");
    assert_eq!(list::standing_under(&mut tx, flow).await.expect("counts"), (0, 0));
    let holding = list::holding(&mut tx, "k8s-real").await.expect("reads");
    assert_eq!(holding, [access.request.number]);
    drop(tx);
    world.behind_its_back("DELETE FROM jobs").await;
    let mut tx = world.store.read().await.expect("opens");
    assert_eq!(list::holding(&mut tx, "k8s-real").await.expect("reads"), []);
}
