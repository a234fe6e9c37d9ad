//! Requests are read as they were written, and written only on what was read.

use bellhop_domain::{Command, decide};
use bellhop_store::access::{self, Which};
use bellhop_store::{StoreError, accounts};
use chrono::{DateTime, Utc};

use crate::world::World;

on_both!(
    a_request_reads_back_as_written_also_after_a_restart,
    p21_a_write_from_an_old_picture_is_refused,
    p21_each_row_is_guarded_by_its_own_version_and_state,
    an_impossible_row_is_an_error_with_table_and_id,
    an_account_is_retired_with_its_last_grant_and_its_name_never_comes_back,
);

async fn a_request_reads_back_as_written_also_after_a_restart(mut world: World) {
    let asked = world.asked().await;
    assert_eq!(world.find(&asked).await, asked);
    let before = world.store.installation();
    world.restart().await;
    assert_eq!(world.store.installation(), before);
    assert_eq!(world.find(&asked).await, asked);
    assert_eq!(asked.request.number.to_string(), "R-1001");
}

async fn p21_a_write_from_an_old_picture_is_refused(world: World) {
    let asked = world.asked().await;
    let end = |now: DateTime<Utc>| {
        decide(
            &asked,
            Command::End { by: world.dana.clone(), flow: None, note: String::new() },
            now,
        )
        .expect("allowed")
    };
    let mut tx = world.store.write().await.expect("opens");
    let step = end(tx.now());
    access::write(&mut tx, &asked, &step).await.expect("first");
    tx.commit().await.expect("kept");
    let rows = world.verdict().await;
    let mut tx = world.store.write().await.expect("opens");
    let second = access::write(&mut tx, &asked, &step).await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })), "{second:?}");
    drop(tx);
    assert_eq!(world.verdict().await, rows);
}

async fn p21_each_row_is_guarded_by_its_own_version_and_state(world: World) {
    for (tampering, mended) in [
        ("UPDATE requests SET version = version + 1", "UPDATE requests SET version = version - 1"),
        ("UPDATE requests SET status = 'active'", "UPDATE requests SET status = 'approved'"),
        ("UPDATE grants SET version = version + 1", "UPDATE grants SET version = version - 1"),
        ("UPDATE grants SET state = 'applying'", "UPDATE grants SET state = 'scheduled'"),
    ] {
        let asked = world.asked().await;
        world.behind_its_back(tampering).await;
        let mut tx = world.store.write().await.expect("opens");
        let end = Command::End { by: world.dana.clone(), flow: None, note: String::new() };
        let step = decide(&asked, end, tx.now()).expect("allowed");
        let written = access::write(&mut tx, &asked, &step).await;
        assert!(matches!(written, Err(StoreError::Conflict { .. })), "{tampering}: {written:?}");
        drop(tx);
        world.behind_its_back(mended).await;
    }
}

async fn an_impossible_row_is_an_error_with_table_and_id(world: World) {
    let asked = world.asked().await;
    world.behind_its_back("UPDATE grants SET state = 'active'").await;
    let mut tx = world.store.read().await.expect("opens");
    let found = access::find(&mut tx, Which::Id(asked.request.id)).await;
    let text = found.expect_err("impossible").to_string();
    let id = asked.grants[0].id.to_string();
    assert!(text.contains("grants") && text.contains(&id), "{text}");
}

async fn an_account_is_retired_with_its_last_grant_and_its_name_never_comes_back(world: World) {
    let asked = world.asked().await;
    let name = asked.grants[0].account.clone();
    let mut tx = world.store.write().await.expect("opens");
    assert!(!accounts::retire_if_unused(&mut tx, &name).await.expect("asks"), "a grant needs it");
    let step = decide(
        &asked,
        Command::End { by: world.dana.clone(), flow: None, note: String::new() },
        tx.now(),
    )
    .expect("allowed");
    access::write(&mut tx, &asked, &step).await.expect("written");
    assert!(accounts::retire_if_unused(&mut tx, &name).await.expect("asks"));
    tx.commit().await.expect("kept");
    assert_ne!(world.asked().await.grants[0].account, name);
}
