//! The audit log, exported.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_api::{Code, ExportQuery, ExportedRow};
use bellhop_domain::{Actor, Event, Role, Subject};
use bellhop_server::Walk;
use bellhop_store::audit;
use serde_json::json;
use support::open::{Open, raw, refused};

/// Enough for several pages.
const ROWS: i64 = 1_000;

async fn grow(open: &Open) {
    let event = |n: i64| Event {
        kind: "test.row".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: format!("row \"{n}\"\nof many") },
        before: None,
        after: json!({ "n": n, "text": "\u{2028}\u{e4}" }),
    };
    let mut tx = open.world.app.store.write().await.expect("opens");
    let events: Vec<_> = (0..ROWS).map(event).collect();
    audit::append(&mut tx, &events).await.expect("stored");
    tx.commit().await.expect("kept");
}

async fn exported(open: &Open, after: Option<i64>) -> String {
    let query = ExportQuery { after, ..ExportQuery::default() };
    let mut export = open.client().export_audit(&query).await.expect("begins");
    let mut text = Vec::new();
    while let Some(part) = export.next().await.expect("goes on") {
        text.extend_from_slice(&part);
    }
    String::from_utf8(text).expect("text")
}

#[tokio::test]
async fn t23_an_export_is_the_stored_log_row_for_row() {
    let open = Open::people().await;
    open.person("otto", Role::Auditor).await;
    open.call_as("otto").await;
    grow(&open).await;
    let text = exported(&open, None).await;
    let mut walk = Walk::from_the_start();
    for line in text.lines() {
        let row = ExportedRow::read(line).expect("a row");
        walk.step(row.event, row.hash).expect("fits");
    }
    let mut tx = open.world.app.store.read().await.expect("opens");
    let head = audit::head(&mut tx).await.expect("reads");
    drop(tx);
    assert!(head.seq > ROWS);
    assert_eq!(walk.last(), Some(&head), "nothing is missing, at neither end");

    let later: Vec<_> = text.lines().skip(900).collect();
    assert_eq!(exported(&open, Some(900)).await.lines().collect::<Vec<_>>(), later);
    assert_eq!(exported(&open, Some(head.seq)).await, "");
    assert_eq!(exported(&open, Some(i64::MAX)).await, "");
    assert_eq!(exported(&open, Some(-5)).await, text);
    let answer = raw(&open.socket).get("http://x/api/v1/audit/export").send().await;
    let kind = answer.expect("answers").headers()["content-type"].clone();
    assert_eq!(kind, "application/jsonl");
}

#[tokio::test]
async fn the_log_is_exported_for_auditors_and_admins_alone() {
    let open = Open::people().await;
    open.call_as("frank").await;
    let refused_to = |problem: bellhop_api::Problem| {
        assert_eq!(problem.code, Code::Forbidden, "{}", problem.detail);
    };
    match open.client().export_audit(&ExportQuery::default()).await {
        Err(bellhop_api::ClientError::Refused(problem)) => refused_to(*problem),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("a member exported the log"),
    }
    refused_to(refused(open.client().store().await));
}
