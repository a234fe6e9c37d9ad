//! Calls that come twice under one key are carried out once.

mod support;

use bellhop_api::Decide;
use bellhop_store::{idempotency, people};
use serde_json::{Value, json};
use support::TARGET;
use support::open::{Open, refused};

const DAY: i64 = 24 * 3600;

async fn keyed(open: &Open, path: &str, body: &Value, key: &str) -> (u16, Value) {
    let headers = [("idempotency-key", key.as_bytes())];
    open.send(path, body.to_string().into_bytes(), &headers).await
}

fn ask(reason: &str) -> Value {
    json!({ "targets": [TARGET], "reason": reason })
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_made_once_and_answered_the_same() {
    let open = Open::people().await;
    let first = keyed(&open, "/requests", &ask("why"), "key-1").await;
    assert_eq!(first.0, 200, "{}", first.1);
    let rows = open.rows().await;
    // Things moved on meanwhile; the answer is still that of the first time.
    open.world.pass(60);
    assert_eq!(keyed(&open, "/requests", &ask("why"), "key-1").await, first);
    assert_eq!(open.rows().await, rows, "nothing was done a second time");
    let second = keyed(&open, "/requests", &ask("why"), "key-2").await;
    assert_ne!(second.1["number"], first.1["number"]);
}

#[tokio::test]
async fn a_key_with_another_body_or_another_call_is_refused_in_words() {
    let open = Open::people().await;
    let (_, created) = keyed(&open, "/requests", &ask("why"), "key").await;
    let number = created["number"].as_str().expect("a number");
    let rows = open.rows().await;
    for (path, body) in [
        ("/requests".to_owned(), ask("another")),
        (format!("/requests/{number}/withdraw"), json!({})),
    ] {
        let (status, problem) = keyed(&open, &path, &body, "key").await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid_input")));
        let detail = problem["detail"].as_str().expect("words");
        assert!(detail.contains("came before") && detail.contains("new one"), "{detail}");
    }
    assert_eq!(open.rows().await, rows, "nothing was stored");
}

#[tokio::test]
async fn a_key_is_of_one_person_and_of_somebody_who_is_still_here() {
    let open = Open::people().await;
    let hers = keyed(&open, "/requests", &ask("why"), "key").await;
    open.call_as("frank").await;
    let his = keyed(&open, "/requests", &ask("why"), "key").await;
    assert_eq!(his.0, 200, "{}", his.1);
    assert_ne!(his.1["number"], hers.1["number"]);
    let frank = open.person("frank", bellhop_domain::Role::Member).await;
    let mut tx = open.world.app.store.write().await.expect("opens");
    people::set_active(&mut tx, frank.id, false).await.expect("stored");
    tx.commit().await.expect("kept");
    assert_eq!(keyed(&open, "/requests", &ask("why"), "key").await.0, 403);
}

#[tokio::test]
async fn every_change_of_a_request_takes_a_key() {
    let open = Open::people().await;
    let number = |made: &Value| made["number"].as_str().expect("a number").to_owned();
    let (_, one) = open.post("/requests", &ask("one")).await;
    let (_, two) = open.post("/requests", &ask("two")).await;
    let (_, three) = open.post("/requests", &ask("three")).await;
    let seen = |made: &Value| json!({ "seen": made["seen"], "note": "noted" });
    let twice = async |path: String, body: Value, key: &str| {
        let first = keyed(&open, &path, &body, key).await;
        assert_eq!(first.0, 200, "{path}: {}", first.1);
        let rows = open.rows().await;
        assert_eq!(keyed(&open, &path, &body, key).await, first, "{path}");
        assert_eq!(open.rows().await, rows, "{path}");
    };
    open.call_as("erin").await;
    twice(format!("/requests/{}/approve", number(&one)), seen(&one), "a").await;
    twice(format!("/requests/{}/deny", number(&two)), seen(&two), "d").await;
    open.call_as("dana").await;
    twice(format!("/requests/{}/withdraw", number(&three)), json!({}), "w").await;
    open.world.work().await;
    twice(format!("/requests/{}/extend", number(&one)), json!({}), "x").await;
    // Between the two the extension is denied: sent again, the call asks for none anew.
    open.call_as("erin").await;
    let current = open.client().request(&number(&one)).await.expect("may see it");
    let no = Decide { seen: current.seen, note: String::new(), duration_seconds: None };
    open.client().deny(&number(&one), &no).await.expect("she may");
    open.call_as("dana").await;
    let again = keyed(&open, &format!("/requests/{}/extend", number(&one)), &json!({}), "x").await;
    assert!(again.1["waits"].is_object(), "the answer of the first time: {}", again.1);
    let now = open.client().request(&number(&one)).await.expect("hers");
    assert_eq!(now.waits, None);
    twice(format!("/requests/{}/end", number(&one)), json!({}), "e").await;
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day_and_a_refusal_is_not_kept() {
    let open = Open::people().await;
    let client = open.client().once("k");
    let request = open.asked_by(&open.world.dana).await;
    refused(client.extend(&request.number).await);
    let (_, first) = keyed(&open, "/requests", &ask("why"), "day").await;
    open.world.pass(DAY - 1);
    let (_, same) = keyed(&open, "/requests", &ask("why"), "day").await;
    assert_eq!(same["number"], first["number"]);
    open.world.pass(2);
    let (status, other) = keyed(&open, "/requests", &ask("another"), "day").await;
    assert_eq!(status, 200, "a day later the key is new: {other}");
    assert_ne!(other["number"], first["number"]);
    open.world.pass(DAY + 1);
    keyed(&open, "/requests", &ask("why"), "last").await;
    let mut tx = open.world.app.store.write().await.expect("opens");
    let dana = open.world.dana.person.id;
    assert_eq!(idempotency::find(&mut tx, dana, "day").await.expect("reads"), None, "forgotten");
}

#[tokio::test]
async fn the_same_is_asked_for_again_once_a_key_and_by_nobody_else() {
    let open = Open::people().await;
    let (_, first) = keyed(&open, "/requests", &ask("why"), "key-1").await;
    let path = format!("/requests/{}/again", first["number"].as_str().expect("a number"));
    let again = keyed(&open, &path, &json!({}), "key-2").await;
    assert_eq!(again.0, 200, "{}", again.1);
    assert_ne!(again.1["number"], first["number"]);
    for same in ["targets", "reason", "duration_seconds", "requester", "flow", "status"] {
        assert_eq!(again.1[same], first[same], "{same}");
    }
    assert_eq!(keyed(&open, &path, &json!({}), "key-2").await, again, "once");
    let other = json!({ "reason": "another", "duration_seconds": 600 });
    let (_, other) = keyed(&open, &path, &other, "key-3").await;
    assert_eq!((&other["reason"], &other["duration_seconds"]), (&json!("another"), &json!(600)));
    let (status, _) = keyed(&open, &path, &json!({ "targets": [TARGET] }), "key-4").await;
    assert_eq!(status, 422, "what is asked for is what was asked for");

    let rows = open.rows().await;
    open.call_as("frank").await;
    assert_eq!(keyed(&open, &path, &json!({}), "key-5").await.0, 404, "not his to see");
    open.call_as("erin").await;
    let (status, problem) = keyed(&open, &path, &json!({}), "key-6").await;
    assert_eq!(status, 403, "she may see it, and asks for herself by its name: {problem}");
    assert_eq!(open.rows().await, rows, "nothing was stored");
}
