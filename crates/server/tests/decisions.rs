//! Decisions by people, over the API.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_api::{Code, Decide, Request};
use bellhop_domain::{Role, words};
use bellhop_server::app::{Caller, integrations};
use bellhop_store::access::{Which, find};
use chrono::TimeDelta;
use serde_json::json;
use support::open::{Open, refused};
use support::{TARGET, body};

fn yes(request: &Request) -> Decide {
    Decide { seen: request.seen.clone(), note: String::new(), duration_seconds: None }
}

async fn stays_pending(open: &Open, number: &str, rows: usize) {
    assert_eq!(open.rows().await, rows, "nothing was stored");
    assert_eq!(open.client().request(number).await.expect("theirs").status, "pending");
}

#[tokio::test]
async fn t05_nobody_decides_about_their_own_request_under_whichever_name_they_asked() {
    let open = Open::people().await;
    let uid = nix::unistd::Uid::effective().to_string();
    for identity in [
        ("os", uid.as_str()),
        ("slack", "T024/U7D4N4"),
        ("teams", "8a1c-tenant/5f02-user"),
        ("email", "dana@example.com"),
        ("email", "d.second@example.org"),
    ] {
        let request = open.asked_by(&open.link("dana", identity).await).await;
        assert_eq!(request.status, "pending", "{identity:?}");
        let rows = open.rows().await;
        let client = open.client();
        for answer in [
            client.approve(&request.number, &yes(&request)).await,
            client.deny(&request.number, &yes(&request)).await,
        ] {
            let problem = refused(answer);
            assert_eq!(problem.code, Code::Forbidden, "{identity:?}");
            assert!(problem.detail.contains("is your own request"), "{}", problem.detail);
        }
        stays_pending(&open, &request.number, rows).await;
        let waits = open.client().request(&request.number).await.expect("hers").waits;
        let waits = waits.expect("it waits");
        assert!(!waits.for_you && !waits.approvers.contains(&"dana".to_owned()), "{waits:?}");
    }
}

#[tokio::test]
async fn t05_an_alias_of_the_requester_decides_no_more_than_the_requester() {
    for (hers, alias) in [
        ("dana@example.com", "dana+night@example.com"),
        ("dana@example.com", "DANA@Example.com"),
        ("dana+a@example.com", "Dana+b@example.com"),
    ] {
        let open = Open::people().await;
        let dana = open.link("dana", ("email", hers)).await;
        open.link("dana", ("slack", "T024/U7D4N4")).await;
        let request = open.asked_by(&dana).await;
        open.link("alias", ("email", alias)).await;
        open.call_as("alias").await;
        let rows = open.rows().await;
        let problem = refused(open.client().approve(&request.number, &yes(&request)).await);
        assert_eq!(problem.code, Code::Forbidden, "{hers} and {alias}");
        stays_pending(&open, &request.number, rows).await;
        // The same click by somebody who is somebody else.
        open.call_as("erin").await;
        let approved = open.client().approve(&request.number, &yes(&request)).await;
        assert_eq!(approved.expect("she may").status, "granting");
    }
}

#[tokio::test]
async fn p06_less_time_than_asked_for_is_stored_and_told_and_more_is_refused() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    open.call_as("erin").await;
    let longer = Decide { duration_seconds: Some(3_601), ..yes(&request) };
    let problem = refused(open.client().approve(&request.number, &longer).await);
    assert_eq!(problem.code, Code::InvalidInput);
    assert!(problem.detail.contains("asks for 1h"), "{}", problem.detail);
    let shorter = Decide { duration_seconds: Some(900), ..yes(&request) };
    let approved = open.client().approve(&request.number, &shorter).await.expect("she may");
    let decision = approved.decision.expect("decided");
    assert_eq!(decision.shorter_seconds, Some(900));
    assert_eq!(approved.deadline, Some(decision.at + TimeDelta::minutes(15)));
    assert_eq!(approved.duration_seconds, 3_600, "what was asked for stays on record");
}

#[tokio::test]
async fn p06_what_is_named_is_looked_at_on_each_write() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    let (number, seen) = (request.number.as_str(), &request.seen);
    let decision = json!({ "seen": seen });
    let unknown = |target: &str| json!({ "targets": [target], "reason": "why" });
    let writes = [
        // Frank asked for nothing of it and decides nothing: to him it does not exist.
        ("frank", format!("/requests/{number}/approve"), decision.clone(), 404),
        ("frank", format!("/requests/{number}/deny"), decision.clone(), 404),
        ("frank", format!("/requests/{number}/withdraw"), json!({}), 404),
        ("frank", format!("/requests/{number}/extend"), json!({}), 404),
        ("frank", format!("/requests/{number}/end"), json!({}), 404),
        // Erin decides about it, and may see it; it is not hers to take back or to extend.
        ("erin", format!("/requests/{number}/withdraw"), json!({}), 403),
        ("erin", format!("/requests/{number}/extend"), json!({}), 403),
        // The auditor sees everything and decides nothing.
        ("otto", format!("/requests/{number}/approve"), decision.clone(), 403),
        ("otto", format!("/requests/{number}/end"), json!({}), 403),
        ("erin", "/requests/R-999/approve".to_owned(), decision.clone(), 404),
        ("erin", "/requests/R-999/end".to_owned(), json!({}), 404),
        ("dana", "/requests".to_owned(), unknown("k8s-other/namespace/customer1:edit"), 404),
        ("dana", "/requests".to_owned(), unknown("k8s-real/namespace/other:edit"), 403),
        ("dana", "/requests".to_owned(), unknown("k8s-real/cluster/customer1:edit"), 403),
        ("dana", "/requests".to_owned(), unknown("k8s-real/namespace/customer1:admin"), 403),
        ("erin", "/requests".to_owned(), unknown(TARGET), 403),
        ("dana", "/integrations/k8s-other/credential".to_owned(), json!({}), 404),
        ("dana", "/integrations/k8s-real/credential".to_owned(), json!({}), 404),
        ("frank", "/integrations/k8s-real/check".to_owned(), json!({}), 403),
        (
            "frank",
            "/integrations/k8s-real/connect".to_owned(),
            json!({ "admin": { "kubeconfig": [] } }),
            403,
        ),
    ];
    open.person("otto", Role::Auditor).await;
    let rows = open.rows().await;
    for (who, path, body, expected) in writes {
        open.call_as(who).await;
        let (status, problem) = open.post(&path, &body).await;
        assert_eq!(status, expected, "{who} {path} {body}: {problem}");
    }
    open.call_as("dana").await;
    stays_pending(&open, number, rows).await;
}

#[tokio::test]
async fn p06_an_integration_that_became_another_is_not_what_was_asked_for() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    open.world.fake.become_another("elsewhere");
    let admin = Caller { once: None, ..open.world.dana.clone() };
    let ask = serde_json::from_value(json!({ "admin": { "kubeconfig": [] } })).expect("reads");
    integrations::connect(&open.world.app, &admin, "k8s-real", &ask).await.expect("nothing open");
    open.call_as("erin").await;
    let problem = refused(open.client().approve(&request.number, &yes(&request)).await);
    assert_eq!(problem.code, Code::Conflict);
    assert!(problem.detail.contains("another system"), "{}", problem.detail);
}

#[tokio::test]
async fn p15_every_text_on_the_wire_is_made_from_what_is_stored() {
    let open = Open::people().await;
    let agrees = async |number: &str, label: &str, decided: Option<(&str, &str)>| {
        let mut tx = open.world.app.store.read().await.expect("opens");
        let which = Which::Number(number.parse().expect("a number"));
        let stored = find(&mut tx, which).await.expect("reads").expect("is there");
        let now = tx.now();
        drop(tx);
        let shown = open.client().request(number).await.expect("may see it");
        let page = open.client().list_requests(&bellhop_api::ListQuery::default()).await;
        let listed = page.expect("lists").items.into_iter().find(|r| r.number == number);
        assert_eq!(listed.as_ref(), Some(&shown), "the list says what showing says");
        let words = words::request_label(stored.status(), stored.deadline(), now);
        assert_eq!((shown.label.as_str(), words), (label, label));
        assert_eq!(shown.status, stored.status().name());
        assert_eq!(shown.deadline, stored.deadline());
        assert_eq!(shown.seen, stored.request.seen().0);
        let decision = shown.decision.as_ref().map(|d| (d.what.as_str(), d.by.as_str()));
        assert_eq!(decision, decided);
    };
    let denied = open.asked_by(&open.world.dana).await.number;
    let approved = open.client().create_request(&body()).await.expect("allowed");
    agrees(&denied, "Pending", None).await;

    open.call_as("erin").await;
    let seen = open.client().request(&denied).await.expect("may see it");
    let waits = seen.waits.as_ref().expect("it waits");
    assert!(waits.for_you && waits.approvers.contains(&"erin".to_owned()), "{waits:?}");
    let note = Decide { note: "not today".to_owned(), ..yes(&seen) };
    let answer = open.client().deny(&denied, &note).await.expect("she may");
    assert_eq!(answer.decision.expect("decided").note, "not today");
    agrees(&denied, "Denied", Some(("denied", "erin"))).await;
    open.client().approve(&approved.number, &yes(&approved)).await.expect("she may");
    agrees(&approved.number, "Setting up", Some(("approved", "erin"))).await;
    open.world.work().await;
    agrees(&approved.number, "Active", Some(("approved", "erin"))).await;

    // Whoever is late reads who was first, and gets the card as it is.
    let problem = refused(open.client().deny(&approved.number, &yes(&approved)).await);
    assert_eq!(problem.code, Code::Conflict);
    assert!(problem.detail.contains("was approved by erin"), "{}", problem.detail);
    let current = problem.current.expect("the present card");
    assert_eq!(*current, open.client().request(&approved.number).await.expect("may see it"));
}
