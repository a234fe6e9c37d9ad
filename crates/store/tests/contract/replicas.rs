//! Several replicas on one PostgreSQL.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use bellhop_domain::{About, JobKind, NewJob};
use bellhop_store::jobs::Class;
use bellhop_store::{Store, StoreError, jobs};
use chrono::TimeDelta;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::world::World;

on_postgres!(
    two_replicas_never_hold_the_lease_of_one_lane,
    a_replica_that_starts_leaves_the_leases_of_the_others,
    a_replica_learns_what_time_it_is_from_the_rows_of_the_others,
    a_broken_session_is_told_as_that_and_the_next_one_works,
);

const LANES: usize = 5;
const JOBS_A_LANE: usize = 4;
/// More than a worker needs, most of whose tries find every lane taken.
const TRIES: usize = 500;

async fn claim(store: &Store, owner: Uuid) -> Option<jobs::Job> {
    let mut tx = store.write().await.expect("opens");
    let lease = tx.now() + TimeDelta::seconds(60);
    let job = jobs::claim(&mut tx, owner, lease, Class::Taking).await.expect("claims");
    tx.commit().await.expect("kept");
    job
}

async fn enqueue(world: &World) {
    let request = world.asked().await.request.id;
    let mut tx = world.store.write().await.expect("opens");
    for job in 0..LANES * JOBS_A_LANE {
        let lane = format!("lane {}", job % LANES);
        let run_at = tx.now();
        let job = NewJob { kind: JobKind::Revoke, about: About::Request(request), lane, run_at };
        jobs::enqueue(&mut tx, &job).await.expect("enqueued");
    }
    tx.commit().await.expect("kept");
}

async fn two_replicas_never_hold_the_lease_of_one_lane(world: World) {
    enqueue(&world).await;
    let stores = [world.store.clone(), world.open().await.expect("opens")];
    let done = Rc::new(RefCell::new(HashSet::new()));
    let mut workers = JoinSet::new();
    for worker in 0..8 {
        let (store, done) = (stores[worker % 2].clone(), Rc::clone(&done));
        let owner = Uuid::from_u128(u128::try_from(worker).expect("few") + 1);
        workers.spawn_local(async move {
            for _ in 0..TRIES {
                if done.borrow().len() == LANES * JOBS_A_LANE {
                    return;
                }
                let Some(job) = claim(&store, owner).await else { continue };
                let mut tx = store.write().await.expect("opens");
                jobs::complete(&mut tx, &job).await.expect("held");
                tx.commit().await.expect("kept");
                assert!(done.borrow_mut().insert(job.id), "done twice");
            }
        });
    }
    // Whatever else they do, the rows never show two leases of a lane.
    while let Some(ended) = workers.join_next().await {
        ended.expect("works");
    }
    assert_eq!(done.borrow().len(), LANES * JOBS_A_LANE);
}

async fn a_replica_that_starts_leaves_the_leases_of_the_others(world: World) {
    enqueue(&world).await;
    let job = claim(&world.store, Uuid::nil()).await.expect("due");
    let other = world.open().await.expect("opens");
    let mut tx = other.write().await.expect("opens");
    assert_eq!(jobs::release_all(&mut tx).await.expect("releases"), 0);
    jobs::still_held(&mut tx, &job).await.expect("held");
    tx.commit().await.expect("kept");
    world.advance(TimeDelta::seconds(61)).await;
    let mut tx = other.write().await.expect("opens");
    assert_eq!(jobs::release_all(&mut tx).await.expect("releases"), 1, "it ran out");
}

async fn a_replica_learns_what_time_it_is_from_the_rows_of_the_others(world: World) {
    let hour = TimeDelta::hours(1);
    let other = world.open().await.expect("opens");
    let began = world.now().await;
    world.set_wall_clock(hour).await;
    world.asked_on(&other).await;
    world.set_wall_clock(-hour).await;
    assert!(world.now().await >= began + hour);
}

async fn a_broken_session_is_told_as_that_and_the_next_one_works(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    world
        .behind_its_back(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = current_database() AND state = 'idle in transaction'",
        )
        .await;
    let broken = jobs::release_expired(&mut tx).await;
    assert!(matches!(broken, Err(StoreError::Unavailable { .. })), "{broken:?}");
    drop(tx);
    world.asked().await;
}
