//! What a worker does with the lease that it holds, and what becomes of one that it lost.

use bellhop_domain::{About, JobKind, NewJob};
use bellhop_store::jobs::{self, Class, Job};
use bellhop_store::{Place, StoreError, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::world::World;

on_both!(
    a_job_that_failed_comes_back_with_what_went_wrong,
    a_job_is_handed_on_under_a_fresh_lease,
    a_lease_is_renewed_only_by_who_holds_it,
    what_a_worker_left_behind_is_free_when_its_lease_ends,
    a_new_backend_frees_what_the_last_one_held_where_there_is_but_one,
    a_long_backlog_is_spread_over_no_more_than_its_time,
    a_backlog_of_giving_is_spread_and_taking_away_does_not_wait,
);

const ME: Uuid = Uuid::from_u128(1);

fn later(tx: &Tx, seconds: i64) -> DateTime<Utc> {
    tx.now() + TimeDelta::seconds(seconds)
}

async fn claim(tx: &mut Tx) -> Option<Job> {
    let lease = later(tx, 60);
    jobs::claim(tx, ME, lease, Class::Giving).await.expect("claims")
}

async fn a_job_that_failed_comes_back_with_what_went_wrong(world: World) {
    let grant = world.asked().await.grants[0].id;
    let mut tx = world.store.write().await.expect("opens");
    let job = claim(&mut tx).await.expect("due");
    assert_eq!((job.attempt, job.owner, job.lease_until), (0, ME, later(&tx, 60)));
    assert_eq!(jobs::last_error(&mut tx, grant).await.expect("reads"), None);
    let soon = later(&tx, 5);
    jobs::retry(&mut tx, &job, soon, "no answer").await.expect("held");
    let error = jobs::last_error(&mut tx, grant).await.expect("reads");
    assert_eq!(error.as_deref(), Some("no answer"));
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(soon));
    assert_eq!(claim(&mut tx).await, None, "not yet");
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(6)).await;
    let mut tx = world.store.write().await.expect("opens");
    let again = claim(&mut tx).await.expect("due");
    assert_eq!((again.id, again.attempt), (job.id, 1));
    let soon = later(&tx, 5);
    jobs::again(&mut tx, &again, soon).await.expect("held");
    assert_eq!(jobs::last_error(&mut tx, grant).await.expect("reads"), None, "it worked");
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(soon));
}

async fn a_job_is_handed_on_under_a_fresh_lease(world: World) {
    let grant = world.asked().await.grants[0].id;
    let mut tx = world.store.write().await.expect("opens");
    let job = claim(&mut tx).await.expect("due");
    let until = later(&tx, 90);
    let verify = jobs::hand_on(&mut tx, &job, JobKind::Verify, until).await.expect("held");
    assert_eq!(verify, Job { kind: JobKind::Verify, lease_until: until, ..job });
    jobs::still_held(&mut tx, &verify).await.expect("held");
    let soon = tx.now();
    jobs::retry(&mut tx, &verify, soon, "not yet").await.expect("held");
    let again = claim(&mut tx).await.expect("due");
    assert_eq!((again.kind, again.attempt), (JobKind::Verify, 1));
    // Among those that take away it is found as one of them, and begins anew.
    let mine = jobs::hand_on(&mut tx, &again, JobKind::Revoke, until).await.expect("held");
    assert_eq!((mine.kind, mine.attempt), (JobKind::Revoke, 0));
    let soon = tx.now();
    jobs::retry(&mut tx, &mine, soon, "not yet").await.expect("held");
    assert_eq!(claim(&mut tx).await, None);
    let taking = jobs::claim(&mut tx, ME, until, Class::Taking).await.expect("claims");
    assert_eq!(taking.map(|job| job.about.grant()), Some(Some(grant)));
}

async fn a_lease_is_renewed_only_by_who_holds_it(world: World) {
    world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let job = claim(&mut tx).await.expect("due");
    let until = later(&tx, 600);
    jobs::renew(&mut tx, &job, until).await.expect("held");
    let thief = Job { owner: Uuid::from_u128(2), ..job.clone() };
    for refused in [
        jobs::renew(&mut tx, &thief, until).await,
        jobs::hand_on(&mut tx, &thief, JobKind::Verify, until).await.map(|_| ()),
        jobs::again(&mut tx, &thief, until).await,
        jobs::retry(&mut tx, &thief, until, "no").await,
        jobs::complete(&mut tx, &thief).await,
        jobs::still_held(&mut tx, &thief).await,
    ] {
        assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    }
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(599)).await;
    let mut tx = world.store.write().await.expect("opens");
    assert_eq!(jobs::release_expired(&mut tx).await.expect("runs"), 0);
    jobs::complete(&mut tx, &job).await.expect("held");
}

async fn what_a_worker_left_behind_is_free_when_its_lease_ends(world: World) {
    let asked = world.asked().await;
    let lane = bellhop_domain::effect_lane(&asked.grants[0].target, &asked.grants[0].account);
    let mut tx = world.store.write().await.expect("opens");
    assert!(jobs::lane_is_free(&mut tx, &lane).await.expect("reads"));
    let (id, until) = (asked.grants[0].id, later(&tx, 60));
    let job = jobs::lease_new(&mut tx, id, ME, until).await.expect("claims").expect("new");
    assert_eq!((job.kind, job.about), (JobKind::Apply, About::Grant(asked.request.id, id)));
    assert!(!jobs::lane_is_free(&mut tx, &lane).await.expect("reads"));
    assert_eq!(jobs::lease_new(&mut tx, id, ME, until).await.expect("claims"), None);
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(until));
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(60)).await;
    let mut tx = world.store.write().await.expect("opens");
    assert_eq!(claim(&mut tx).await, None, "nobody freed it");
    assert_eq!(jobs::release_expired(&mut tx).await.expect("runs"), 1);
    let next = claim(&mut tx).await.expect("due");
    assert_eq!((next.id, next.attempt), (job.id, 0));
}

async fn a_new_backend_frees_what_the_last_one_held_where_there_is_but_one(world: World) {
    world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    claim(&mut tx).await.expect("due");
    let alone = matches!(world.place, Place::File(_));
    assert_eq!(jobs::release_all(&mut tx).await.expect("runs"), u64::from(alone));
    assert_eq!(claim(&mut tx).await.is_some(), alone, "a replica may hold it");
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(60)).await;
    let mut tx = world.store.write().await.expect("opens");
    assert_eq!(jobs::release_all(&mut tx).await.expect("runs"), 1);
}

async fn a_backlog_of_giving_is_spread_and_taking_away_does_not_wait(world: World) {
    let asked = world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let (about, run_at) = (About::Request(asked.request.id), tx.now());
    for n in 0..3 {
        let lane = format!("lane {n}");
        let job = NewJob { kind: JobKind::Recheck, about, lane, run_at };
        jobs::enqueue(&mut tx, &job).await.expect("enqueued");
    }
    let taking = NewJob { kind: JobKind::Lapse, about, lane: "t".into(), run_at };
    jobs::enqueue(&mut tx, &taking).await.expect("enqueued");
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(10)).await;
    let mut tx = world.store.write().await.expect("opens");
    let (each, within) = (TimeDelta::seconds(2), TimeDelta::seconds(60));
    assert_eq!(jobs::spread_out(&mut tx, each, within).await.expect("spread"), 4);
    assert_eq!(jobs::next_due(&mut tx, Class::Taking).await.expect("reads"), Some(run_at));
    let start = tx.now();
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(start));
    tx.commit().await.expect("kept");
    one_after_the_other(&world, 2).await;
}

async fn a_long_backlog_is_spread_over_no_more_than_its_time(world: World) {
    for _ in 0..4 {
        world.asked().await;
    }
    world.advance(TimeDelta::seconds(1)).await;
    let mut tx = world.store.write().await.expect("opens");
    let (each, within) = (TimeDelta::minutes(30), TimeDelta::minutes(40));
    // Their lanes are one: each is done before the next.
    assert_eq!(jobs::spread_out(&mut tx, each, within).await.expect("spread"), 4);
    tx.commit().await.expect("kept");
    one_after_the_other(&world, 600).await;
}

/// Of four jobs one is due now, and another each time that so many seconds went by.
async fn one_after_the_other(world: &World, apart: i64) {
    for seconds in [0, 1, 2, 3].map(|n| n * apart) {
        let mut tx = world.store.write().await.expect("opens");
        let due = claim(&mut tx).await;
        let due = due.unwrap_or_else(|| panic!("one is due after {seconds} seconds"));
        jobs::complete(&mut tx, &due).await.expect("held");
        assert_eq!(claim(&mut tx).await, None, "and no more than one");
        tx.commit().await.expect("kept");
        world.advance(TimeDelta::seconds(apart)).await;
    }
}
