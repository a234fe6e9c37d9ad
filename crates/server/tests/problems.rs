//! Whatever is wrong with a call, the answer is a problem (RFC 9457) that says what to do.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it misses; JSON without the key is null"
)]

mod support;

use bellhop_api::{Code, Problem};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use support::open::{Open, raw};

async fn problem(answer: Response) -> Value {
    let status = answer.status().as_u16();
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind, "application/problem+json", "{status}");
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(problem["type"], "about:blank", "{problem}");
    for field in ["title", "detail", "code"] {
        assert!(problem[field].as_str().is_some_and(|text| text.len() > 3), "{field}: {problem}");
    }
    problem
}

#[tokio::test]
async fn calls_that_are_none_are_answered_in_the_same_shape() {
    let open = Open::people().await;
    let call = async |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut call = raw(&open.socket).request(method, format!("http://x{path}"));
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        call.body(body.to_owned()).send().await.expect("answers")
    };
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let (long, deep) = ("x".repeat(9_000), "y".repeat(40_000));
    for (method, path, headers, body, status, code) in [
        ("GET", "/", &[][..], "", 404, "not_found"),
        ("GET", "/api/v1", &[], "", 404, "not_found"),
        ("GET", "/api/v1/", &[], "", 404, "not_found"),
        ("GET", "/api/v2/me", &[], "", 404, "not_found"),
        ("GET", "/api/v1/me/", &[], "", 404, "not_found"),
        ("GET", "/api/v1/requests/R-77", &[], "", 404, "not_found"),
        ("PUT", "/api/v1/requests", &[], "{}", 405, "method_not_allowed"),
        ("POST", "/healthz", &[], "{}", 405, "method_not_allowed"),
        ("BREW", "/api/v1/me", &[], "", 405, "method_not_allowed"),
        ("POST", "/api/v1/requests", &form, "targets=x", 415, "unsupported_media_type"),
        (
            "POST",
            "/api/v1/requests",
            &[("content-type", "text/json")],
            "{}",
            415,
            "unsupported_media_type",
        ),
        ("POST", "/api/v1/requests", &[], "{\"targets\":", 422, "invalid_input"),
        (
            "POST",
            "/api/v1/requests",
            &[("content-type", "Application/JSON; charset=utf-8")],
            "{}",
            422,
            "invalid_input",
        ),
        ("GET", &format!("/api/v1/requests?cursor={long}"), &[], "", 414, "address_too_long"),
        ("GET", &format!("/{deep}"), &[], "", 414, "address_too_long"),
        ("GET", "/api/v1/me?x=1", &[], "", 422, "invalid_input"),
    ] {
        let answer = call(method, path, headers, body).await;
        let allow = answer.headers().get("allow").cloned();
        let told = problem(answer).await;
        assert_eq!(
            (told["status"].as_u64(), &told["code"]),
            (Some(status), &json!(code)),
            "{method} {}",
            &path[..path.len().min(60)]
        );
        assert_eq!(allow.is_some(), status == 405, "{method} {path}: {allow:?}");
    }
}

#[test]
fn every_code_has_a_status_and_words_of_its_own() {
    let mut titles: Vec<_> = Code::ALL.iter().map(|code| code.title()).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), Code::ALL.len());
    for code in Code::ALL {
        assert!((400..600).contains(&code.status()) && code.meaning().ends_with('.'), "{code:?}");
        let problem = Problem::new(*code, "what").next("Do this");
        let read: Problem = serde_json::from_value(json!(problem)).expect("reads back");
        assert_eq!((read.to_string().as_str(), read.code), ("what. Do this", *code));
    }
}
