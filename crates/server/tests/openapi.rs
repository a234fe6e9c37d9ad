//! The description of the API, and that the API is as described.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it misses; JSON without the key is null"
)]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bellhop_server::http::{openapi, router};
use serde_json::{Value, json};
use support::World;
use support::open::{Open, raw};

/// Calls that are answered to everybody who reaches the backend, and why.
const OPEN_TO_ALL: [(&str, &str); 3] = [
    ("get /healthz", "whoever watches over the process knows no more than that it is there"),
    ("get /readyz", "the same, and whether it can be used"),
    ("get /api/v1/hello", "a client learns which version it speaks to before anything else"),
];

/// Refused on the socket before its body is read; `loopback` shows what its body may hold.
const READ_ON_THE_PORT: &str = "/api/v1/session";

/// Every call of the document: method, path with its variables filled in, what is said about it.
fn calls() -> Vec<(String, String, Value)> {
    let document = json!(openapi());
    let paths = document["paths"].as_object().expect("paths");
    let calls = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().expect("methods");
        item.iter().map(|(method, says)| (method.clone(), path.clone(), says.clone()))
    });
    calls.collect()
}

fn filled(path: &str) -> String {
    path.replace("{number}", "R-1001").replace("{name}", "k8s-real")
}

#[test]
fn the_committed_description_is_the_one_of_the_code() {
    let kept = include_str!("../../../docs/openapi.json");
    let made = serde_json::to_string_pretty(&openapi()).expect("JSON") + "\n";
    assert!(kept == made, "docs/openapi.json is not what the code says. Renew it: make generate");
}

#[tokio::test]
async fn every_call_asks_who_calls_or_is_on_the_list() {
    let world = World::new().await;
    world.app.pulse.beat(world.app.clock.boot());
    let mut open = BTreeSet::new();
    for (method, path, _) in calls() {
        // Called without a socket there is no peer to ask the kernel about.
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(filled(&path));
        let request = request.body(Body::from("{}")).expect("a request");
        let answer = tower::ServiceExt::oneshot(router(Arc::clone(&world.app)), request).await;
        let status = answer.expect("answers").status();
        if status != StatusCode::UNAUTHORIZED {
            assert!(status.is_success(), "{method} {path}: {status}");
            open.insert(format!("{method} {path}"));
        }
    }
    assert_eq!(open, OPEN_TO_ALL.map(|(call, _)| call.to_owned()).into());
    assert_eq!(world.kinds().await.iter().filter(|kind| kind.starts_with("request")).count(), 0);
}

#[tokio::test]
async fn p12_every_call_refuses_a_field_that_nobody_knows_in_its_query_and_its_body() {
    let open = Open::people().await;
    let rows = open.rows().await;
    for (method, path, says) in calls() {
        let address = format!("http://x{}", filled(&path));
        let call = match method.as_str() {
            "get" => raw(&open.socket).get(format!("{address}?limt=3")),
            "post" => raw(&open.socket).post(format!("{address}?limt=3")).body("{}"),
            other => unreachable!("{other}"),
        };
        let answer = call.send().await.expect("answers");
        assert_eq!(answer.status().as_u16(), 422, "{method} {path}, query");
        if method != "post" {
            assert!(says["requestBody"].is_null(), "{path}");
            continue;
        }
        assert!(says["requestBody"].is_object(), "{path} says nothing of its body");
        if path == READ_ON_THE_PORT {
            continue;
        }
        let body = json!({ "aprover": "x" }).to_string();
        let answer = raw(&open.socket).post(address).body(body).send().await.expect("answers");
        assert_eq!(answer.status().as_u16(), 422, "{method} {path}, body");
        // Named: a field that is missing would be refused with the same status.
        let problem: Value = answer.json().await.expect("JSON");
        let named = problem["detail"].as_str().is_some_and(|detail| detail.contains("aprover"));
        assert!(named, "{method} {path}: {problem}");
    }
    assert_eq!(open.rows().await, rows, "nothing was stored");
}

#[test]
fn everything_is_described() {
    let document = json!(openapi());
    for (method, path, says) in calls() {
        let text = |key: &str| says[key].as_str().is_some_and(|text| text.len() > 8);
        assert!(text("summary"), "{method} {path} has no summary");
        assert!(says["tags"][0].is_string(), "{method} {path} has no tag");
        let known = OPEN_TO_ALL.iter().any(|(call, _)| *call == format!("{method} {path}"));
        assert!(known || says["responses"]["401"].is_object(), "{method} {path}: no refusals");
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        assert!(schema["description"].is_string(), "{name} has no description");
        for (field, says) in schema["properties"].as_object().into_iter().flatten() {
            let said = says["description"].is_string()
                || says["oneOf"].is_array()
                || says["$ref"].is_string();
            assert!(said, "{name}.{field} has no description");
        }
    }
}

#[tokio::test]
async fn the_backend_answers_its_own_description() {
    let open = Open::people().await;
    let answer = raw(&open.socket).get("http://x/api/v1/openapi.json").send().await;
    let served: Value = answer.expect("answers").json().await.expect("JSON");
    assert_eq!(served, json!(openapi()));
}
