//! Sleep, restarts, and clocks that are set: access never lasts longer by any of them.

mod support;

use bellhop_api::End;
use bellhop_domain::Refusal;
use bellhop_server::app::{AppError, requests};
use chrono::TimeDelta;
use support::{World, body};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

impl World {
    /// Somebody sets the wall clock.
    fn set_wall_clock(&self, seconds: i64) {
        self.clock.set_wall_clock(TimeDelta::seconds(seconds));
    }
}

#[tokio::test]
async fn t16_access_ends_on_time_although_the_clock_was_set_back() {
    let world = World::new().await;
    let request = world.granted().await;
    world.pass(60);
    world.set_wall_clock(-7200);
    world.pass(3539);
    world.work().await;
    let shown = world.show(&request.number).await;
    assert_eq!((shown.status.as_str(), world.fake.open()), ("active", 1), "a second is left");
    world.pass(1);
    world.work().await;
    assert_eq!(world.show(&request.number).await.label, "Expired");
    assert_eq!(world.fake.open(), 0);
}

#[tokio::test]
async fn t16_the_same_with_a_restart_in_between() {
    let world = World::new().await;
    let request = world.granted().await;
    world.pass(1800);
    world.set_wall_clock(-7200);
    let world = world.restart().await;
    world.pass(1800);
    world.work().await;
    assert_eq!(
        (world.show(&request.number).await.label.as_str(), world.fake.open()),
        ("Expired", 0)
    );
}

#[tokio::test]
async fn t16_access_ends_early_when_the_clock_is_set_forward() {
    let world = World::new().await;
    let request = world.granted().await;
    world.set_wall_clock(3600);
    world.work().await;
    assert_eq!(
        (world.show(&request.number).await.label.as_str(), world.fake.open()),
        ("Expired", 0)
    );
}

#[tokio::test]
async fn t16_no_new_access_while_the_clock_stands_before_the_audit_log() {
    let world = World::new().await;
    let request = world.granted().await;
    world.set_wall_clock(-121);
    let refused = requests::create(&world.app, &world.dana, body()).await;
    let Err(AppError::Refused(refusal @ Refusal::ClockBehind { .. })) = refused else {
        panic!("refused: {refused:?}")
    };
    assert!(refusal.to_string().contains("121 seconds before the newest entry"), "{refusal}");
    assert_eq!(world.show(&request.number).await.label, "Active", "what is open stays");
    requests::end(&world.app, &world.dana, &request.number, End::default())
        .await
        .expect("ending is always allowed");
    world.work().await;
    assert_eq!(world.fake.open(), 0);
    world.set_wall_clock(121);
    world.granted().await;
}

#[tokio::test]
async fn t16_what_was_approved_before_the_clock_was_set_back_is_not_made() {
    let world = World::new().await;
    let request = world.ask().await;
    world.set_wall_clock(-600);
    world.work().await;
    let shown = world.show(&request.number).await;
    assert_eq!((shown.label.as_str(), world.fake.open()), ("Failed", 0), "{shown:?}");
}

#[tokio::test]
async fn t16_a_reboot_with_a_clock_that_lost_its_time_ends_access_no_later() {
    let world = World::new().await;
    let request = world.granted().await;
    world.pass(600);
    world.set_wall_clock(-1_000_000);
    world.clock.reboot();
    let world = world.restart().await;
    // Nobody can say how long it was off: time goes on from the newest entry of the audit log.
    world.pass(3600);
    world.work().await;
    assert_eq!(
        (world.show(&request.number).await.label.as_str(), world.fake.open()),
        ("Expired", 0)
    );
}

#[tokio::test]
async fn t16_after_the_machines_sleep_overdue_access_ends_and_the_systems_are_looked_at() {
    let world = World::new().await;
    let request = world.granted().await;
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    let (worker, stopped) = (world.worker.clone(), stop.clone());
    tracker.spawn(async move { worker.run(stopped).await });
    let looked =
        |world: &World| world.fake.calls().iter().filter(|call| *call == "leftovers").count();
    // The worker has done what there is to do, and sleeps.
    while world.timer.sleeping() == 0 {
        tokio::task::yield_now().await;
    }
    let before = looked(&world);
    // The lid was closed for two hours; timers count only what the machine was awake.
    world.clock.advance(TimeDelta::hours(2));
    while world.show(&request.number).await.status != "ended" || looked(&world) == before {
        world.timer.advance(1);
        tokio::task::yield_now().await;
    }
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    assert_eq!(
        (world.show(&request.number).await.label.as_str(), world.fake.open()),
        ("Expired", 0)
    );
}
