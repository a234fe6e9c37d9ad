//! The audit log, narrowed down: what is left is what was asked for, on pages that end.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_api::{AuditPage, AuditQuery};
use bellhop_domain::{Actor, Event, Role, Subject};
use bellhop_store::audit;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use support::open::{Open, refused};

async fn world() -> Open {
    let open = Open::people().await;
    open.person("ada", Role::Auditor).await;
    open.call_as("ada").await;
    open
}

/// All pages, in the order in which they come, and how many there were.
async fn all(open: &Open, query: AuditQuery) -> (Vec<Value>, usize) {
    let (mut query, mut rows, mut pages) = (query, Vec::new(), 0);
    loop {
        let AuditPage { items, next } = open.client().audit(&query).await.expect("answers");
        rows.extend(items.into_iter().map(|entry| json!(entry)));
        pages += 1;
        match next {
            Some(next) => query.cursor = Some(next),
            None => return (rows, pages),
        }
    }
}

async fn kinds(open: &Open, query: AuditQuery) -> Vec<String> {
    let (rows, _) = all(open, query).await;
    let kind = |row: &Value| row.pointer("/event/kind").and_then(Value::as_str).map(str::to_owned);
    rows.iter().filter_map(kind).collect()
}

fn at(rows: &[Value], n: usize) -> DateTime<Utc> {
    let text = rows.get(n).and_then(|row| row.pointer("/event/at")).and_then(Value::as_str);
    text.expect("a time").parse().expect("reads")
}

#[tokio::test]
async fn each_word_narrows_the_log_down_and_they_count_together() {
    let open = world().await;
    let asked = open.asked_by(&open.world.dana).await;
    open.world.pass(60);
    open.asked_by(&open.link("frank", ("test", "f")).await).await;
    let word = |text: &str| Some(text.to_owned());
    let base = AuditQuery::default;
    for (query, wanted) in [
        (AuditQuery { who: word("dana"), ..base() }, vec!["request.submitted"]),
        (AuditQuery { who: word("nobody"), ..base() }, vec![]),
        (AuditQuery { kind: word("request"), ..base() }, vec!["request.submitted"; 2]),
        (AuditQuery { kind: word("request.submitted"), ..base() }, vec!["request.submitted"; 2]),
        (AuditQuery { kind: word("request.sub"), ..base() }, vec![]),
        (AuditQuery { target: word("CUSTOMER1"), ..base() }, vec!["request.submitted"; 2]),
        (AuditQuery { target: word("customer9"), ..base() }, vec![]),
        (AuditQuery { q: word(&asked.number), ..base() }, vec!["request.submitted"]),
        (
            AuditQuery {
                who: word("frank"),
                integration: word("k8s-real"),
                kind: word("request"),
                ..base()
            },
            vec!["request.submitted"],
        ),
        (AuditQuery { integration: word("k8s"), ..base() }, vec![]),
    ] {
        assert_eq!(kinds(&open, query.clone()).await, wanted, "{query:?}");
    }
    let here = kinds(&open, AuditQuery { integration: word("k8s-real"), ..base() }).await;
    assert!(here.len() >= 3, "requests, and the integration itself: {here:?}");
    let system = all(&open, AuditQuery { who: word("system"), ..base() }).await.0;
    assert!(
        !system.is_empty() && system.iter().all(|row| row.pointer("/event/actor/handle").is_none())
    );
}

#[tokio::test]
async fn times_are_found_without_reading_what_lies_before_them() {
    let open = world().await;
    for _ in 0..5 {
        open.asked_by(&open.world.dana).await;
        open.world.pass(60);
    }
    let (rows, _) = all(&open, AuditQuery::default()).await;
    let count = rows.len();
    let (third, last) = (at(&rows, count - 3), at(&rows, count - 1));
    let since = |since, until| AuditQuery { since, until, ..AuditQuery::default() };
    assert_eq!(all(&open, since(Some(third), None)).await.0, rows[count - 3..]);
    assert_eq!(all(&open, since(Some(third), Some(last))).await.0, rows[count - 3..count - 1]);
    assert_eq!(all(&open, since(None, Some(third))).await.0, rows[..count - 3]);
    let never = since(Some(last + TimeDelta::seconds(1)), None);
    assert_eq!(all(&open, never).await.0.len(), 0);
}

#[tokio::test]
async fn one_call_looks_at_a_bounded_part_and_the_next_goes_on() {
    let open = world().await;
    open.asked_by(&open.world.dana).await;
    let event = |n: usize| Event {
        kind: "filler".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: "x".to_owned() },
        before: None,
        after: json!({ "n": n }),
    };
    let mut tx = open.world.app.store.write().await.expect("opens");
    let events: Vec<_> = (0..7_000).map(event).collect();
    audit::append(&mut tx, &events).await.expect("stored");
    tx.commit().await.expect("kept");
    let query = AuditQuery { who: Some("dana".to_owned()), ..AuditQuery::default() };
    let first = open.client().audit(&query).await.expect("answers");
    assert!(first.items.is_empty() && first.next.is_some(), "{first:?}");
    let (rows, pages) = all(&open, query.clone()).await;
    assert_eq!((rows.len(), pages), (1, 3));
    let forward = AuditQuery { after: Some(0), ..query.clone() };
    assert_eq!(all(&open, forward).await.0, rows);
    let other = AuditQuery { who: Some("frank".to_owned()), cursor: first.next, ..query };
    assert_eq!(refused(open.client().audit(&other).await).status, 400, "a cursor of another list");
}

#[tokio::test]
async fn t08_what_the_log_is_narrowed_down_to_is_bounded() {
    let open = world().await;
    let query = AuditQuery { q: Some("x".repeat(201)), ..AuditQuery::default() };
    assert_eq!(refused(open.client().audit(&query).await).status, 422);
    let strange = AuditQuery { q: Some("%_\"\\ ' OR 1=1".to_owned()), ..AuditQuery::default() };
    assert!(all(&open, strange).await.0.is_empty());
}

/// A row of a request says what was asked for, though the log's own text need not.
#[tokio::test]
async fn a_row_names_the_targets_that_it_concerns() {
    let open = world().await;
    open.asked_by(&open.world.dana).await;
    let (rows, _) =
        all(&open, AuditQuery { kind: Some("request".to_owned()), ..AuditQuery::default() }).await;
    let targets = rows.first().map(|row| row.pointer("/targets").cloned());
    assert_eq!(targets, Some(Some(json!([support::TARGET]))));
}

#[tokio::test]
async fn a_table_names_its_columns_and_has_a_line_a_row() {
    use bellhop_api::{ExportFormat, ExportQuery};
    let open = world().await;
    let query = ExportQuery { format: ExportFormat::Csv, ..ExportQuery::default() };
    let mut export = open.client().export_audit(&query).await.expect("begins");
    let mut text = Vec::new();
    while let Some(part) = export.next().await.expect("goes on") {
        text.extend_from_slice(&part);
    }
    let text = String::from_utf8(text).expect("text");
    let lines: Vec<_> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.first(), Some(&"seq,at,who,what,request,subject,before,after,hash"));
    assert_eq!(lines.len(), open.rows().await + 1, "{text}");
}

/// A member sees the flows that let them ask, and no others.
#[tokio::test]
async fn flows_are_shown_to_whom_they_are_for() {
    let open = Open::people().await;
    let flows = |text: Value| {
        let items = text.pointer("/items").and_then(Value::as_array).cloned().unwrap_or_default();
        items.iter().filter_map(|flow| flow["id"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    for (who, role, seen) in
        [("dana", Role::Member, 1), ("erin", Role::Member, 0), ("otto", Role::Auditor, 1)]
    {
        open.person(who, role).await;
        open.call_as(who).await;
        let answer = open.client().get_raw("/flows").await.expect("answers");
        let (status, text) = (answer.status, answer.body);
        assert_eq!((status, flows(text.clone()).len()), (200, seen), "{who}: {text}");
    }
}
