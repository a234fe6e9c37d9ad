//! Work as rows: one lease a lane, taking away before giving.

use bellhop_domain::{About, Command, JobKind, NewJob, decide};
use bellhop_store::jobs::{self, Class, Job};
use bellhop_store::{StoreError, Tx, access};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::world::World;

on_both!(
    taking_away_goes_before_giving_and_a_lane_has_one_lease,
    a_lease_that_ran_out_cannot_write,
    a_job_behind_a_busy_lane_is_due_when_the_lease_ends,
);

async fn claim(tx: &mut Tx) -> Option<Job> {
    let lease = tx.now() + TimeDelta::seconds(60);
    for class in [Class::Taking, Class::Giving] {
        let job = jobs::claim(tx, Uuid::nil(), lease, class).await.expect("claims");
        if job.is_some() {
            return job;
        }
    }
    None
}

async fn taking_away_goes_before_giving_and_a_lane_has_one_lease(world: World) {
    let asked = world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let step = decide(
        &asked,
        Command::End { by: world.dana.clone(), flow: None, note: String::new() },
        tx.now(),
    )
    .expect("allowed");
    access::write(&mut tx, &asked, &step).await.expect("written");
    let first = claim(&mut tx).await.expect("due");
    assert_eq!(first.kind, JobKind::Revoke);
    assert_eq!(claim(&mut tx).await, None, "the apply job is in the same lane");
    jobs::complete(&mut tx, &first).await.expect("held");
    let second = claim(&mut tx).await;
    assert_eq!(second.map(|job| job.kind), Some(JobKind::Apply));
}

async fn a_lease_that_ran_out_cannot_write(world: World) {
    world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let job = claim(&mut tx).await.expect("due");
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(60)).await;
    let mut tx = world.store.write().await.expect("opens");
    assert!(matches!(jobs::still_held(&mut tx, &job).await, Err(StoreError::LeaseLost)));
    assert!(matches!(jobs::complete(&mut tx, &job).await, Err(StoreError::LeaseLost)));
    let now = tx.now();
    assert!(matches!(jobs::retry(&mut tx, &job, now, "no").await, Err(StoreError::LeaseLost)));
}

async fn a_job_behind_a_busy_lane_is_due_when_the_lease_ends(world: World) {
    let asked = world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let apply = claim(&mut tx).await.expect("due");
    let (now, lane) = (tx.now(), "k8s-real/namespace/customer1:edit@");
    let lane = format!("{lane}{}", asked.grants[0].account);
    let request = asked.request.id;
    let behind =
        NewJob { kind: JobKind::Revoke, about: About::Request(request), lane, run_at: now };
    jobs::enqueue(&mut tx, &behind).await.expect("enqueued");
    let due = jobs::next_due(&mut tx, Class::Taking).await.expect("reads");
    assert_eq!(due, Some(apply.lease_until));
    let free = NewJob { lane: "free".into(), ..behind };
    jobs::enqueue(&mut tx, &free).await.expect("enqueued");
    assert_eq!(jobs::next_due(&mut tx, Class::Taking).await.expect("reads"), Some(now));
}
