//! Where the truth is: the backend's own folder if it has files, else what was applied last.

use bellhop_server::app::configuration;
use bellhop_server::config;

use crate::support::World;
use crate::{ASKING, applied, planned, said};

async fn started(world: &World) {
    config::at_start(&world.app, &world.path("config")).await.expect("starts");
}

async fn origin(world: &World) -> Option<String> {
    configuration::export(&world.app, &world.dana).await.expect("an admin").origin
}

/// A world that was started on its own folder, which has no file.
async fn empty() -> World {
    let world = World::asking().await;
    std::fs::remove_file(world.path("config/a.toml")).expect("removed");
    started(&world).await;
    world
}

#[tokio::test]
async fn what_was_applied_from_elsewhere_stays_in_force_over_restarts() {
    let world = empty().await;
    let none = planned(&world, ASKING).await;
    assert_eq!(none.add, 1, "the flow was in no file any more: {none:?}");
    assert_eq!(origin(&world).await, None);
    applied(&world, ASKING).await.expect("applied");
    assert_eq!(origin(&world).await.as_deref(), Some("applied"));
    let world = world.restart().await;
    started(&world).await;
    assert!(planned(&world, ASKING).await.changes.is_empty());
    let exported = configuration::export(&world.app, &world.dana).await.expect("an admin");
    assert_eq!(exported.files[0].text, ASKING, "to the byte");
    world.member("erin").await;
    world.ask().await;
}

#[tokio::test]
async fn a_folder_with_files_counts_at_each_start_and_nothing_else_is_applied() {
    let world = empty().await;
    applied(&world, ASKING).await.expect("applied");
    let own = ASKING.replace("max = \"3h\"", "max = \"2h\"");
    std::fs::write(world.path("config/a.toml"), &own).expect("written");
    let world = world.restart().await;
    started(&world).await;
    assert!(planned(&world, &own).await.changes.is_empty());
    assert_eq!(origin(&world).await.as_deref(), Some("folder"));
    let refused = said(applied(&world, ASKING).await);
    for part in [world.path("config").display().to_string(), "bellhop apply".to_owned()] {
        assert!(refused.contains(&part), "{part} is not in {refused}");
    }
    // What the folder says by now is applied without a restart.
    let newer = own.replace("RnD access", "Newer");
    std::fs::write(world.path("config/a.toml"), &newer).expect("written");
    assert_eq!(applied(&world, &newer).await.expect("applied").change, 1);
    // And when its files are gone, nothing from before comes back.
    std::fs::remove_file(world.path("config/a.toml")).expect("removed");
    let world = world.restart().await;
    started(&world).await;
    assert_eq!(planned(&world, ASKING).await.add, 1);
    assert_eq!(origin(&world).await, None);
}

#[tokio::test]
async fn a_start_removes_no_integration() {
    let world = empty().await;
    let plan = planned(&world, "").await;
    assert_eq!((plan.remove, plan.changes[0].name.as_str()), (1, "k8s-real"));
    assert!(plan.changes[0].connected, "it is connected as before");
}
