//! The audit log: in the transaction of the change, append-only, chained.

use std::sync::Arc;

use bellhop_domain::{Command, decide};
use bellhop_store::audit::{self, Verdict};
use bellhop_store::jobs::Class;
use bellhop_store::{Place, StoreError, access, jobs};
use chrono::TimeDelta;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::world::{World, raw};

on_both!(
    p13_a_change_is_kept_with_its_audit_row_or_not_at_all,
    p13_audit_rows_can_be_neither_changed_nor_deleted,
    t23_a_row_changed_or_taken_out_behind_our_back_is_found,
    t23_writers_at_the_same_moment_make_one_chain,
    rows_are_read_forward_and_backward_and_of_one_request,
);

async fn p13_a_change_is_kept_with_its_audit_row_or_not_at_all(world: World) {
    let asked = world.asked().await;
    let before = world.verdict().await;
    world
        .behind_its_back_either(
            "CREATE TRIGGER broken BEFORE INSERT ON audit_events \
             BEGIN SELECT RAISE (ABORT, 'disk full'); END",
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'disk full'; END $$; \
             CREATE TRIGGER broken BEFORE INSERT ON audit_events EXECUTE FUNCTION broken()",
        )
        .await;
    let mut tx = world.store.write().await.expect("opens");
    let end = Command::End { by: world.dana.clone(), flow: None, note: String::new() };
    let step = decide(&asked, end, tx.now()).expect("allowed");
    let written = access::write(&mut tx, &asked, &step).await;
    assert!(matches!(written, Err(StoreError::Database(_))), "{written:?}");
    drop(tx);
    assert_eq!(world.find(&asked).await, asked);
    assert_eq!(world.verdict().await, before);
    let mut tx = world.store.write().await.expect("opens");
    let lease = tx.now() + TimeDelta::seconds(60);
    let job = jobs::claim(&mut tx, Uuid::nil(), lease, Class::Taking).await.expect("claims");
    assert_eq!(job, None, "the revocation of a change that was not kept");
}

async fn p13_audit_rows_can_be_neither_changed_nor_deleted(world: World) {
    world.asked().await;
    let mut attempts =
        vec!["UPDATE audit_events SET text = '{}'", "DELETE FROM audit_events WHERE seq = 1"];
    if matches!(world.place, Place::Postgres(_)) {
        attempts.push("TRUNCATE audit_events");
    }
    for text in attempts {
        let refused = raw(&world.place, text).await.expect_err(text);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

async fn t23_a_row_changed_or_taken_out_behind_our_back_is_found(world: World) {
    world.asked().await;
    assert!(matches!(world.verdict().await, Verdict::Intact(head) if head.seq == 3));
    world
        .behind_its_back_either(
            "DROP TRIGGER audit_events_stay_as_written; \
             DROP TRIGGER audit_events_are_never_deleted; \
             CREATE TABLE kept AS SELECT * FROM audit_events",
            "DROP TRIGGER audit_events_stay_as_written ON audit_events; \
             DROP TRIGGER audit_events_are_never_deleted ON audit_events; \
             CREATE TABLE kept AS SELECT * FROM audit_events",
        )
        .await;
    for (tampering, says) in [
        ("UPDATE audit_events SET text = replace(text, 'dana', 'eve') WHERE seq = 1", "hash"),
        ("UPDATE audit_events SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 2", "time"),
        ("DELETE FROM audit_events WHERE seq = 2", "missing"),
        ("DELETE FROM audit_events WHERE seq = 3", "row is 2, but the head says 3"),
        ("UPDATE audit_head SET at = '2020-01-01T00:00:00+00:00'", "written when the head says"),
    ] {
        world.behind_its_back(tampering).await;
        match world.verdict().await {
            Verdict::Broken { why, .. } => assert!(why.contains(says), "{tampering}: {why}"),
            Verdict::Intact(_) => panic!("not found: {tampering}"),
        }
        world
            .behind_its_back(
                "DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM kept; \
                 UPDATE audit_head SET at = (SELECT at FROM kept WHERE seq = 3)",
            )
            .await;
        assert!(matches!(world.verdict().await, Verdict::Intact(_)), "after {tampering}");
    }
}

async fn t23_writers_at_the_same_moment_make_one_chain(world: World) {
    const WRITERS: usize = 8;
    const EACH: usize = 5;
    let stores = match world.place {
        // Half of them through another replica.
        Place::Postgres(_) => [world.store.clone(), world.open().await.expect("opens")],
        Place::File(_) => [world.store.clone(), world.store.clone()],
    };
    let world = Arc::new(world);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (world, store) = (Arc::clone(&world), stores[writer % 2].clone());
        writers.spawn_local(async move {
            for _ in 0..EACH {
                world.asked_on(&store).await;
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.expect("writes");
    }
    let rows = i64::try_from(3 * WRITERS * EACH).expect("few");
    assert!(matches!(world.verdict().await, Verdict::Intact(head) if head.seq == rows));
    let mut tx = world.store.read().await.expect("opens");
    let all = audit::after(&mut tx, 0, None, 1_000).await.expect("reads");
    assert!(all.windows(2).all(|two| two[0].at <= two[1].at), "time goes back in the log");
}

async fn rows_are_read_forward_and_backward_and_of_one_request(world: World) {
    world.asked().await;
    let second = world.asked().await;
    let mut tx = world.store.read().await.expect("opens");
    let number = Some(second.request.number.0);
    let seqs = |rows: Vec<audit::AuditRow>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(seqs(audit::after(&mut tx, 1, None, 2).await.expect("reads")), [2, 3]);
    assert_eq!(seqs(audit::after(&mut tx, 0, number, 9).await.expect("reads")), [4, 5, 6]);
    assert_eq!(seqs(audit::before(&mut tx, i64::MAX, None, 2).await.expect("reads")), [6, 5]);
    assert_eq!(seqs(audit::before(&mut tx, i64::MAX, number, 9).await.expect("reads")), [6, 5, 4]);
}
