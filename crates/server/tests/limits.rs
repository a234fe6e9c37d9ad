//! Whoever calls too often is told to wait, and kubectl goes on.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_server::limits::{Class, MOST_STREAMS};
use serde_json::{Value, json};
use support::TARGET;
use support::open::{Open, raw};

/// Uses up what somebody may do at once.
async fn spend(open: &Open, class: Class, path: &str) {
    let (burst, _) = class.quota();
    let client = raw(&open.socket);
    for _ in 0..burst.get() {
        let address = format!("http://x/api/v1{path}");
        let call = if class == Class::Read { client.get(address) } else { client.post(address) };
        let status = call.send().await.expect("answers").status().as_u16();
        assert_ne!(status, 429);
    }
}

#[tokio::test]
async fn a_loop_that_ran_away_is_told_to_wait_and_keeps_nobody_else_from_anything() {
    let open = Open::people().await;
    spend(&open, Class::Change, "/requests/R-77/end").await;
    let rows = open.rows().await;
    let call = raw(&open.socket).post("http://x/api/v1/requests");
    let body = json!({ "targets": [TARGET], "reason": "why" }).to_string();
    let answer = call.body(body.clone()).send().await.expect("answers");
    assert_eq!(answer.status().as_u16(), 429);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["code"], "rate_limited", "{problem}");
    assert_eq!(problem["next"], "Wait a second, then try again");
    assert_eq!(open.rows().await, rows, "nothing was stored");

    assert!(open.client().me().await.is_ok(), "reading goes on");
    let (status, problem) = open.post("/integrations/k8s-real/credential", &json!({})).await;
    assert_eq!(status, 404, "kubectl is not kept waiting: {problem}");
    open.call_as("frank").await;
    let (status, _) = open.send("/requests", body.clone().into_bytes(), &[]).await;
    assert_eq!(status, 200, "somebody else is another matter");
    open.call_as("dana").await;
    open.world.pass(1);
    assert_eq!(open.send("/requests", body.into_bytes(), &[]).await.0, 200, "a second later");
}

#[tokio::test]
async fn reading_is_bounded_and_does_not_keep_kubectl_waiting() {
    let open = Open::people().await;
    spend(&open, Class::Read, "/me").await;
    let answer = open.client().me().await;
    assert!(answer.is_err_and(|e| e.to_string().ends_with("Wait a second, then try again")));
    assert_eq!(open.post("/integrations/k8s-real/credential", &json!({})).await.0, 404);
}

#[tokio::test]
async fn event_streams_are_bounded_and_those_that_closed_count_no_more() {
    let open = Open::people().await;
    let client = open.client();
    let mut streams = Vec::new();
    for _ in 0..MOST_STREAMS {
        streams.push(client.events(None).await.expect("opens"));
    }
    let Err(refused) = client.events(None).await else { unreachable!("one too many") };
    assert!(refused.to_string().contains("Close one of them"), "{refused}");
    streams.clear();
    // The backend learns of it when it next looks at the connections.
    while client.events(None).await.is_err() {
        open.world.pass(1);
    }
}
