//! What the API promises, over a real Unix socket.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use std::sync::Arc;

use bellhop_api::{ClientError, Code, CreateRequest, ExplainQuery, TargetQuery};
use bellhop_server::http::router;
use chrono::TimeDelta;
use serde_json::json;
use support::open::Open;
use support::{TARGET, World};

async fn opened() -> Open {
    Open::door(World::for_user(&own_name()).await)
}

fn own_name() -> String {
    let own = nix::unistd::User::from_uid(nix::unistd::Uid::effective());
    own.expect("asks").expect("a user of this machine").name
}

#[tokio::test]
async fn p01_a_client_cannot_say_what_was_decided_or_by_whom() {
    let open = opened().await;
    open.client().me().await.expect("known from the first call on");
    let rows = open.world.kinds().await.len();
    let good = json!({ "targets": [TARGET], "reason": "why" });
    for (field, value) in [
        ("state", json!("active")),
        ("status", json!("active")),
        ("approver", json!("eve")),
        ("approved_by", json!("eve")),
        ("actor", json!({ "kind": "system" })),
        ("requester", json!("eve")),
        ("deadline", json!("2999-01-01T00:00:00Z")),
        ("flow", json!("rnd")),
        ("decision", json!({ "decided": "approved" })),
        ("account", json!("bellhop-x")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (status, problem) = open.post("/requests", &body).await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid_input")), "{field}");
        assert!(problem["detail"].as_str().is_some_and(|d| d.contains(field)), "{problem}");
    }
    assert_eq!(open.world.kinds().await.len(), rows, "nothing was stored");
    let (status, created) = open.post("/requests", &good).await;
    assert_eq!((status, &created["requester"]), (200, &json!(own_name())));

    let number = created["number"].as_str().expect("a number");
    for call in ["end"] {
        let path = format!("/requests/{number}/{call}");
        let (status, _) = open.post(&path, &json!({ "actor": "system" })).await;
        assert_eq!(status, 422, "{call}");
    }
    assert_eq!(open.client().request(number).await.expect("hers").status, "granting");
}

#[tokio::test]
async fn p01_a_caller_who_is_not_this_user_is_nobody() {
    // Called without a socket there is no peer to ask the kernel about.
    let world = World::new().await;
    let request = axum::http::Request::builder().uri("/api/v1/requests");
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let answer = tower::ServiceExt::oneshot(router(Arc::clone(&world.app)), request).await;
    assert_eq!(answer.expect("answers").status(), 401);
}

#[tokio::test]
async fn t20_the_event_stream_and_the_answers_tell_the_stored_state() {
    let open = opened().await;
    let client = open.client();
    let mut events = client.events(None).await.expect("opens");
    let body = CreateRequest {
        targets: vec![TARGET.to_owned()],
        reason: "why".to_owned(),
        duration_seconds: None,
    };
    let request = client.create_request(&body).await.expect("allowed");
    assert_eq!((request.status.as_str(), request.label.as_str()), ("granting", "Setting up"));
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(events.next().await.expect("an event").kind);
    }
    assert_eq!(seen, ["request.submitted", "request.approved", "grant.scheduled"]);
    assert!(client.access(&request.number).await.is_err(), "approved is not active");
    open.world.work().await;
    while seen.last().map(String::as_str) != Some("request.active") {
        seen.push(events.next().await.expect("an event").kind);
    }
    assert_eq!(client.request(&request.number).await.expect("hers").status, "active");
    assert_eq!(seen.len(), 8, "{seen:?}");
}

#[tokio::test]
async fn an_event_stream_resumes_where_it_broke_off() {
    let open = opened().await;
    let client = open.client();
    open.world.kinds().await;
    let all = open.world.kinds().await;
    let mut events = client.events(Some(1)).await.expect("opens");
    for kind in &all[1..] {
        assert_eq!(&events.next().await.expect("an event").kind, kind);
    }
}

#[tokio::test]
async fn what_can_be_asked_for_is_found_previewed_explained_and_listed() {
    let open = opened().await;
    let client = open.client();
    open.world.fake.offers(&["edit"], [("customer1", "prod")]);
    let synced = client.sync_integration("k8s-real").await.expect("an admin");
    assert_eq!(synced.resources, 1);
    let listed = client.integrations().await.expect("lists");
    assert_eq!(listed.items[0].synced_at, synced.synced_at);
    let query = TargetQuery { q: "cust".to_owned(), limit: Some(5), cursor: None };
    let found = client.targets(&query).await.expect("answers");
    assert_eq!((found.items.len(), found.total, found.next), (1, 1, None));
    let ask = CreateRequest {
        targets: vec!["k8s-real/namespace/customer1:edit".to_owned()],
        reason: "why".to_owned(),
        duration_seconds: None,
    };
    let preview = client.preview_request(&ask).await.expect("answers");
    assert_eq!((preview.refusal, preview.requests.len()), (None, 1));
    let about = |person: Option<&str>| ExplainQuery {
        target: ask.targets[0].clone(),
        person: person.map(str::to_owned),
    };
    let own = client.explain(&about(None)).await.expect("answers");
    assert!(own.plan.refusal.is_none(), "{own:?}");
    let hers = client.explain(&about(Some("somebody"))).await.expect("an admin");
    assert_eq!(hers.person, "somebody");
    assert_eq!(hers.plan.refusal.expect("the flow is not hers").code, Code::NotEntitled);
    let catalog = client.catalog().await.expect("lists");
    assert_eq!(catalog.items[0].kind, "kubernetes");
}

#[tokio::test]
async fn errors_carry_a_code_and_what_to_do() {
    let open = opened().await;
    let client = open.client();
    let problem = |answer: Result<_, ClientError>| match answer {
        Err(ClientError::Refused(problem)) => *problem,
        Err(other) => panic!("{other}"),
        Ok(request) => panic!("{request:?}"),
    };
    let missing = problem(client.request("R-9").await);
    assert_eq!((missing.code, missing.status), (Code::NotFound, 404));
    assert!(missing.detail.contains("bellhop list"), "{}", missing.detail);
    let garbled = problem(client.request("../me").await);
    assert_eq!(garbled.code, Code::InvalidInput);
    let ask = |target: &str| CreateRequest {
        targets: vec![target.to_owned()],
        reason: "why".to_owned(),
        duration_seconds: None,
    };
    for (target, code, says) in [
        ("nonsense", Code::InvalidInput, "A target looks like"),
        ("k8s/namespace/customer1:edit", Code::NotFound, "Known integrations: k8s-real"),
        ("k8s-real/namespace/other:edit", Code::NotEntitled, "no flow covers"),
    ] {
        let problem = problem(client.create_request(&ask(target)).await);
        assert_eq!(problem.code, code);
        assert!(problem.detail.contains(says), "{}", problem.detail);
    }
}

#[tokio::test]
async fn t17_an_answer_says_the_time_by_which_access_ends_also_after_the_clock_was_set_back() {
    let open = opened().await;
    let (_, before) = open.client().hello_at().await.expect("answers");
    open.world.clock.set_wall_clock(TimeDelta::hours(-2));
    open.world.pass(60);
    let (_, after) = open.client().hello_at().await.expect("answers");
    assert_eq!(after.expect("a date") - before.expect("a date"), TimeDelta::seconds(60));
}
