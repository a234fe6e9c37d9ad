//! A backend gives way to a newer one, and to nobody else.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_server::app::{AppError, handover};
use bellhop_store::jobs::{self, Class};
use chrono::TimeDelta;
use support::World;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

async fn asked(world: &World, newer: &str) -> Result<(), AppError> {
    handover::to_newer(&world.app, &world.dana.person, newer).await
}

async fn replaceable() -> (World, CancellationToken) {
    let world = World::new().await;
    let stop = CancellationToken::new();
    world.app.handover.introduce("1.2.0".parse().expect("a version"), Some(stop.clone()));
    (world, stop)
}

#[tokio::test]
async fn a_newer_version_takes_over_also_while_access_is_open() {
    let (world, stop) = replaceable().await;
    world.granted().await;
    asked(&world, "1.10.0").await.expect("gives way");
    assert!(stop.is_cancelled());
}

#[tokio::test]
async fn nobody_else_does() {
    let (world, stop) = replaceable().await;
    for older in ["1.2.0", "1.1.9", "1.2.0-rc.1"] {
        let refused = asked(&world, older).await.expect_err("not newer");
        assert!(matches!(refused, AppError::Conflict(_)), "{older}: {refused}");
    }
    assert!(matches!(asked(&world, "newest").await, Err(AppError::Invalid(_))));
    let erin = world.member("erin").await;
    let refused = handover::to_newer(&world.app, &erin.person, "9.0.0").await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    assert!(!stop.is_cancelled());
}

#[tokio::test]
async fn work_that_is_under_way_is_finished_first() {
    let (world, stop) = replaceable().await;
    world.ask().await;
    let mut tx = world.app.store.write().await.expect("opens");
    let until = tx.now() + TimeDelta::seconds(60);
    let job = jobs::claim(&mut tx, Uuid::from_u128(1), until, Class::Giving).await.expect("claims");
    tx.commit().await.expect("kept");
    let refused = asked(&world, "9.0.0").await.expect_err("at work").to_string();
    assert!(refused.contains("under way") && !stop.is_cancelled(), "{refused}");
    let mut tx = world.app.store.write().await.expect("opens");
    jobs::complete(&mut tx, &job.expect("due")).await.expect("held");
    tx.commit().await.expect("kept");
    asked(&world, "9.0.0").await.expect("gives way");
    assert!(stop.is_cancelled());
}

#[tokio::test]
async fn one_that_was_started_by_hand_stays() {
    let world = World::new().await;
    world.app.handover.introduce("0.0.1".parse().expect("a version"), None);
    let refused = asked(&world, "9.0.0").await.expect_err("stays").to_string();
    assert!(refused.contains("by hand"), "{refused}");
}
