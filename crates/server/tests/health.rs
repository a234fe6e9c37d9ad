//! What whoever watches over a backend is told.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it misses; JSON without the key is null"
)]

mod support;

use bellhop_api::End;
use std::sync::Arc;

use bellhop_connectors::Fault;
use bellhop_server::http::router;
use bellhop_server::work::Worker;
use serde_json::Value;
use support::World;
use support::open::{Open, raw};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

async fn get(open: &Open, path: &str) -> (u16, String) {
    let answer = raw(&open.socket).get(format!("http://x{path}")).send().await.expect("answers");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

async fn unready(open: &Open) -> String {
    let (status, text) = get(open, "/readyz").await;
    assert_eq!(status, 503, "{text}");
    let problem: Value = serde_json::from_str(&text).expect("JSON");
    problem["detail"].as_str().expect("words").to_owned()
}

#[tokio::test]
async fn ready_is_said_while_store_and_worker_answer_and_not_when_stopping() {
    let open = Open::people().await;
    assert_eq!(unready(&open).await, "the worker has not begun yet");
    assert_eq!(get(&open, "/healthz").await, (200, "ok\n".to_owned()), "alive all the same");
    let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
    let worker = Worker::new(Arc::clone(&open.world.app), tracker.clone());
    let stopped = stop.clone();
    tracker.spawn(async move { worker.run(stopped).await });
    while get(&open, "/readyz").await.0 != 200 {}
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    assert_eq!(get(&open, "/readyz").await, (200, "ready\n".to_owned()));
    open.world.pass(31);
    assert_eq!(unready(&open).await, "the worker has not looked for work for 31 seconds");
    open.world.app.pulse.stop();
    assert_eq!(unready(&open).await, "the backend is being stopped");
    open.world.app.store.close().await;
    let both = unready(&open).await;
    assert!(both.contains("; the backend is being stopped"), "{both}");
    assert_eq!(get(&open, "/healthz").await.0, 200);
}

/// The value of one line.
fn value(text: &str, line: &str) -> Option<f64> {
    let rest = text.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(' '))?;
    Some(rest.parse().expect("a number"))
}

#[tokio::test]
async fn what_is_measured_is_what_happened() {
    let open = Open::door(World::new().await);
    open.call_as("dana").await;
    let request = open.world.granted().await;
    get(&open, "/api/v1/requests/R-1001").await;
    get(&open, "/api/v1/requests/R-7").await;
    get(&open, "/nowhere/R-1").await;
    let (status, text) = get(&open, "/metrics").await;
    assert_eq!(status, 200, "{text}");
    let shows = |line: &str| value(&text, line);
    let calls = "bellhop_http_requests_total{method=\"GET\",route=\"/api/v1/requests/{number}\"";
    assert_eq!(shows(&format!("{calls},status=\"200\"}}")), Some(1.0), "{text}");
    assert_eq!(shows(&format!("{calls},status=\"404\"}}")), Some(1.0));
    let none = "bellhop_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"}";
    assert_eq!(shows(none), Some(1.0));
    assert_eq!(shows("bellhop_grants{state=\"active\"}"), Some(1.0));
    assert_eq!(shows("bellhop_grants{state=\"revoke_stuck\"}"), Some(0.0));
    assert_eq!(shows("bellhop_job_runs_total{kind=\"apply\",outcome=\"ended\"}"), Some(1.0));
    assert_eq!(shows("bellhop_oldest_revoke_seconds"), Some(0.0));
    let head = open.rows().await;
    assert_eq!(shows("bellhop_audit_head"), Some(f64::from(u32::try_from(head).expect("few"))));
    assert!(shows("bellhop_store_write_seconds_count").is_some_and(|n| n > 3.0), "{text}");
    for id in [request.number.as_str(), request.id.as_str(), "nowhere", "dana", "customer1"] {
        assert!(!text.contains(id), "{id} is in {text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn access_that_cannot_be_taken_away_is_seen_from_outside() {
    let open = Open::door(World::new().await);
    open.call_as("dana").await;
    let request = open.world.granted().await;
    for _ in 0..200 {
        let down = Fault::Unavailable("it is down".to_owned());
        open.world.fake.fail("revoke", down);
    }
    open.client().end_request(&request.number, &End::default()).await.expect("hers");
    open.world.work().await;
    for _ in 0..40 {
        open.world.pass(10);
        open.world.work().await;
    }
    let (_, text) = get(&open, "/metrics").await;
    assert_eq!(value(&text, "bellhop_grants{state=\"revoke_stuck\"}"), Some(1.0), "{text}");
    assert_eq!(value(&text, "bellhop_grants{state=\"active\"}"), Some(0.0));
    assert_eq!(value(&text, "bellhop_oldest_revoke_seconds"), Some(400.0));
    assert!(value(&text, "bellhop_job_retries_total{kind=\"revoke\"}").is_some_and(|n| n > 3.0));
}

#[tokio::test]
async fn what_is_measured_is_for_who_is_known_here() {
    let world = World::new().await;
    let request = axum::http::Request::builder().uri("/metrics");
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let answer = tower::ServiceExt::oneshot(router(Arc::clone(&world.app)), request).await;
    assert_eq!(answer.expect("answers").status(), 401);
}
