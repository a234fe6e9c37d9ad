//! Time is read after the lock, and setting the wall clock back makes nothing last longer.

use std::sync::Arc;

use bellhop_domain::ManualClock;
use bellhop_store::{MOST_BEHIND, Store};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::spawn_local;

use crate::world::World;

on_both!(
    p09_a_writer_who_waited_decides_by_the_time_after_the_wait,
    t16_a_clock_set_back_within_one_boot_sets_nothing_back,
    t16_a_clock_set_back_across_a_restart_sets_nothing_back,
    t16_on_one_machine_a_restart_keeps_the_time_also_without_a_row,
    t16_on_one_machine_time_goes_on_from_the_newest_row_after_a_reboot,
    t16_how_long_another_machine_has_run_says_nothing,
    t16_each_machine_keeps_a_time_of_its_own,
    t16_a_clock_set_back_across_a_reboot_stays_at_the_newest_row_and_is_told,
    t16_a_clock_set_forward_is_believed_at_once_and_only_while_nothing_was_written,
    a_clock_before_the_newest_audit_row_is_told_from_two_minutes_on,
);

const HOUR: TimeDelta = TimeDelta::hours(1);

/// What is about `expected`: on PostgreSQL the wall clock goes on by itself while a test runs, and
/// the machine's does not.
#[track_caller]
fn assert_about(found: DateTime<Utc>, expected: DateTime<Utc>) {
    let (before, after) = (expected - TimeDelta::seconds(20), expected + TimeDelta::seconds(20));
    assert!((before..after).contains(&found), "{found} instead of {expected}");
}

async fn behind(world: &World) -> Option<TimeDelta> {
    world.store.read().await.expect("opens").behind().await.expect("reads")
}

async fn p09_a_writer_who_waited_decides_by_the_time_after_the_wait(world: World) {
    let other = world.somebody_else().await;
    let first = world.store.write().await.expect("opens");
    let waiting = spawn_local(async move { other.write().await.expect("opens").now() });
    world.until_somebody_waits().await;
    // Only the wall clock, so that no other clock can make up for one that was read too early.
    world.set_wall_clock(HOUR).await;
    let began = first.now();
    first.commit().await.expect("kept");
    assert_about(waiting.await.expect("ends"), began + HOUR);
}

async fn t16_a_clock_set_back_within_one_boot_sets_nothing_back(world: World) {
    let began = world.now().await;
    world.set_wall_clock(-HOUR).await;
    assert_about(world.now().await, began);
    world.advance(HOUR).await;
    assert_about(world.now().await, began + HOUR);
    assert_about(world.store.now(), began + HOUR);
    let tx = world.store.write().await.expect("opens");
    assert_about(tx.now(), began + HOUR);
    assert_about(tx.wall(), began);
}

async fn t16_a_clock_set_back_across_a_restart_sets_nothing_back(mut world: World) {
    let began = world.now().await;
    world.advance(HOUR).await;
    world.asked().await;
    world.set_wall_clock(-HOUR).await;
    world.restart().await;
    assert_about(world.now().await, began + HOUR);
    world.advance(HOUR).await;
    assert_about(world.now().await, began + HOUR * 2);
}

async fn t16_on_one_machine_a_restart_keeps_the_time_also_without_a_row(mut world: World) {
    let began = world.now().await;
    world.advance(HOUR).await;
    world.set_wall_clock(-HOUR).await;
    world.restart().await;
    assert_about(world.now().await, began + HOUR);
    // A row by a clock set forward is the new anchor, and time goes on from there.
    world.set_wall_clock(HOUR * 2).await;
    world.asked().await;
    world.set_wall_clock(HOUR * -2).await;
    world.advance(HOUR).await;
    world.restart().await;
    assert_about(world.now().await, began + HOUR * 3);
}

async fn t16_on_one_machine_time_goes_on_from_the_newest_row_after_a_reboot(mut world: World) {
    world.asked().await;
    let began = world.now().await;
    world.set_wall_clock(-HOUR).await;
    world.clock.reboot();
    world.restart().await;
    world.advance(HOUR).await;
    world.restart().await;
    assert_about(world.now().await, began + HOUR);
}

/// A store that was moved to a machine which has been running for long.
async fn t16_how_long_another_machine_has_run_says_nothing(mut world: World) {
    let began = world.now().await;
    world.clock.reboot();
    world.advance(HOUR).await;
    world.set_wall_clock(-HOUR).await;
    world.restart().await;
    assert_about(world.now().await, began);
}

async fn t16_each_machine_keeps_a_time_of_its_own(mut world: World) {
    let began = world.now().await;
    world.advance(HOUR).await;
    world.set_wall_clock(-HOUR).await;
    world.store.close().await;
    // Another machine knows nothing of that hour, and takes it from nobody.
    let elsewhere = ManualClock::at(began);
    elsewhere.reboot();
    let store = Store::open(&world.place, Arc::new(elsewhere)).await.expect("opens");
    assert_about(store.glance().await.expect("opens").now(), began);
    store.close().await;
    world.restart().await;
    assert_about(world.now().await, began + HOUR);
}

async fn t16_a_clock_set_back_across_a_reboot_stays_at_the_newest_row_and_is_told(
    mut world: World,
) {
    world.asked().await;
    let began = world.now().await;
    world.set_wall_clock(-HOUR).await;
    world.clock.reboot();
    world.restart().await;
    let newest = began - TimeDelta::minutes(1);
    assert!(world.now().await >= newest);
    assert!(behind(&world).await.expect("told") > HOUR - TimeDelta::minutes(1));
    world.set_wall_clock(HOUR).await;
    assert_eq!(behind(&world).await, None);
}

async fn t16_a_clock_set_forward_is_believed_at_once_and_only_while_nothing_was_written(
    world: World,
) {
    let began = world.now().await;
    world.set_wall_clock(HOUR).await;
    assert_about(world.now().await, began + HOUR);
    world.set_wall_clock(-HOUR).await;
    assert_about(world.now().await, began);
    world.set_wall_clock(HOUR).await;
    world.asked().await;
    world.set_wall_clock(-HOUR).await;
    assert_about(world.now().await, began + HOUR);
}

async fn a_clock_before_the_newest_audit_row_is_told_from_two_minutes_on(world: World) {
    assert_eq!(behind(&world).await, None, "there is no row");
    world.asked().await;
    world.set_wall_clock(-MOST_BEHIND).await;
    assert_eq!(behind(&world).await, None);
    world.set_wall_clock(-TimeDelta::seconds(30)).await;
    let told = behind(&world).await.expect("told");
    assert!(told > MOST_BEHIND && told <= MOST_BEHIND + TimeDelta::seconds(30), "{told}");
}
