//! What comes in over the API is bounded, strict and refused in words; nothing of it is stored.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

mod support;

use bellhop_api::LARGEST_BODY;
use serde_json::{Value, json};
use support::TARGET;
use support::open::{Open, raw};

/// The refusal of one call: its status and its words, which are there and short.
async fn refusal(open: &Open, path: &str, body: &Value) -> (u16, String) {
    let (status, problem) = open.post(path, body).await;
    let detail = problem["detail"].as_str().unwrap_or_default().to_owned();
    assert!((10..1_500).contains(&detail.len()), "{path}: {problem}");
    (status, detail)
}

#[tokio::test]
async fn p12_a_field_that_nobody_knows_is_refused_on_every_input() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    let rows = open.rows().await;
    let number = &request.number;
    let decide = json!({ "seen": request.seen, "note": "" });
    for (path, good) in [
        ("/requests".to_owned(), json!({ "targets": [TARGET], "reason": "why" })),
        (format!("/requests/{number}/approve"), decide.clone()),
        (format!("/requests/{number}/deny"), decide),
        (format!("/requests/{number}/withdraw"), json!({})),
        (format!("/requests/{number}/extend"), json!({})),
        (format!("/requests/{number}/end"), json!({})),
        ("/integrations/k8s-real/connect".to_owned(), json!({ "admin": { "kubeconfig": [] } })),
        ("/integrations/k8s-real/check".to_owned(), json!({})),
        ("/integrations/k8s-real/credential".to_owned(), json!({})),
    ] {
        for field in ["aprover", "state", "Reason", "targets ", "__proto__"] {
            let mut body = good.clone();
            body[field] = json!("x");
            let (status, detail) = refusal(&open, &path, &body).await;
            assert_eq!(status, 422, "{path} {field}");
            assert!(detail.contains(field), "{path} {field}: {detail}");
        }
        // The values of the fields in their order, too, are no object with these fields.
        let values = good.as_object().expect("an object").values().cloned().collect::<Vec<_>>();
        for body in [json!(values), json!([]), json!("x"), json!(7), json!(null), json!([good])] {
            let (status, detail) = refusal(&open, &path, &body).await;
            assert_eq!(status, 422, "{path} {body}: {detail}");
        }
    }
    for query in [
        "/requests?opne=true",
        "/requests?state=active",
        "/requests?limit=many",
        "/requests?limit=-1",
        "/audit?limt=3",
        "/audit?after=x",
        "/audit/export?format=xml",
        "/audit/export?after=1e3",
        "/integrations/k8s-real/manifest?role=admin",
    ] {
        let answer = raw(&open.socket).get(format!("http://x/api/v1{query}")).send().await;
        assert_eq!(answer.expect("answers").status().as_u16(), 422, "{query}");
    }
    assert_eq!(open.rows().await, rows, "nothing was stored");
}

#[tokio::test]
async fn t08_text_that_is_too_long_or_hides_something_is_refused_and_not_stored() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    let rows = open.rows().await;
    let number = &request.number;
    let long = "\u{e4}".repeat(4_001);
    let hidden = [
        "\u{0}",
        "\u{7}",
        "\u{1b}[2J",
        "\r",
        "\u{85}",
        "\u{200b}",
        "\u{200e}",
        "\u{202e}evil",
        "\u{2066}",
        "\u{feff}",
        "\u{e0041}",
    ];
    let bad = std::iter::once(long.clone()).chain(hidden.map(|h| format!("ticket {h} 7")));
    for text in bad {
        let body = json!({ "targets": [TARGET], "reason": text });
        let (status, detail) = refusal(&open, "/requests", &body).await;
        assert_eq!(status, 422, "{text:?}");
        assert!(detail.contains("the reason has"), "{detail}");
        open.call_as("erin").await;
        for verb in ["approve", "deny"] {
            let body = json!({ "seen": request.seen, "note": text });
            let (status, detail) =
                refusal(&open, &format!("/requests/{number}/{verb}"), &body).await;
            assert_eq!(status, 422, "{verb} {text:?}");
            assert!(detail.contains("the note has"), "{detail}");
        }
        open.call_as("dana").await;
    }
    assert_eq!(open.rows().await, rows, "nothing was stored");
    // One character less is what the limit allows; lines and tabs are what people type.
    let most = long.chars().skip(1).collect::<String>();
    for reason in [most.as_str(), "first line\n\tsecond line"] {
        let (status, created) =
            open.post("/requests", &json!({ "targets": [TARGET], "reason": reason })).await;
        assert_eq!((status, &created["reason"]), (200, &json!(reason)));
    }
}

#[tokio::test]
async fn t08_names_that_look_like_others_are_others() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    let rows = open.rows().await;
    for (target, expected) in [
        ("k8s-real/namespace/\u{441}ustomer1:edit", 422),
        ("k8s-real/namespace/customer\u{ff11}:edit", 422),
        ("k8s-re\u{430}l/namespace/customer1:edit", 422),
        ("k8s-real/namespace/customer1:\u{435}dit", 422),
        ("k8s-real/namespace/customer1\u{200b}:edit", 422),
        ("k8s\u{2010}real/namespace/customer1:edit", 422),
        ("K8s-real/namespace/customer1:edit", 422),
        ("k8s-real/namespace/../customer1:edit", 403),
        ("k8s-real/namespace/Customer1:edit", 403),
        ("k8s-real/namespace/customer1:Edit", 403),
        ("k8s-real /namespace/customer1:edit", 422),
        ("k8s-real/namespace/customer1:edit ", 422),
        ("k8s-real/namespace/customer*:edit", 200),
    ] {
        let (status, answer) =
            open.post("/requests", &json!({ "targets": [target], "reason": "why" })).await;
        if expected == 200 {
            // A name made of a glob's letters is a name: it never becomes more than one thing.
            assert_eq!(answer["targets"], json!([target]), "{answer}");
        } else {
            assert_eq!(status, expected, "{target}: {answer}");
            assert_eq!(open.rows().await, rows, "{target}");
        }
    }
    let digits = request.number.trim_start_matches("R-");
    let wide: String = digits
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0))
        .map(|c| c.expect("a digit"))
        .collect();
    for number in [format!("R-{wide}"), format!("\u{13a1}-{digits}"), format!("R\u{2010}{digits}")]
    {
        let escaped: String =
            number.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02x}"));
        let (status, _) = refusal(&open, &format!("/requests/{escaped}/end"), &json!({})).await;
        assert_eq!(status, 422, "{number}");
    }
    let (status, _) = refusal(&open, "/requests/%ff%fe/end", &json!({})).await;
    assert_eq!(status, 422, "a path that is no text");
}

#[tokio::test]
async fn t08_whatever_is_too_long_too_many_or_of_another_type_is_refused() {
    let open = Open::people().await;
    let rows = open.rows().await;
    let ask = |targets: Value| json!({ "targets": targets, "reason": "why" });
    let many = |count: usize| {
        (0..count).map(|i| format!("k8s-real/namespace/customer{i}:edit")).collect::<Vec<_>>()
    };
    let word = "a".repeat(254);
    let lasting = |seconds: Value| json!({ "targets": [TARGET], "reason": "why", "duration_seconds": seconds });
    for body in [
        ask(json!([])),
        ask(json!(many(21))),
        ask(json!(many(900))),
        ask(json!([TARGET, TARGET])),
        ask(json!([format!("k8s-real/namespace/{word}:edit")])),
        ask(json!([format!("k8s-real/namespace/customer1:{word}")])),
        ask(json!([format!("{word}/namespace/customer1:edit")])),
        ask(json!(["x".repeat(60_000)])),
        ask(json!([""])),
        ask(json!(TARGET)),
        ask(json!([7])),
        ask(json!(null)),
        json!({ "targets": [TARGET], "reason": 7 }),
        json!({ "targets": [TARGET], "reason": ["why"] }),
        json!({ "reason": "why" }),
        lasting(json!(0)),
        lasting(json!(-1)),
        lasting(json!(1.5)),
        lasting(json!(1e30)),
        lasting(json!(u64::MAX)),
        lasting(json!(31_536_001)),
        lasting(json!(10_801)),
        lasting(json!("1h")),
        lasting(json!(true)),
    ] {
        let (status, detail) = refusal(&open, "/requests", &body).await;
        assert_eq!(status, 422, "{detail}");
    }
    assert_eq!(open.rows().await, rows, "nothing was stored");
}

#[tokio::test]
async fn t08_a_decision_a_path_and_a_body_are_bounded_too() {
    let open = Open::people().await;
    let request = open.asked_by(&open.world.dana).await;
    let rows = open.rows().await;
    let number = &request.number;
    for decision in [
        json!({}),
        json!({ "seen": 7 }),
        json!({ "seen": null }),
        json!({ "seen": request.seen, "note": 7 }),
    ] {
        let path = format!("/requests/{number}/approve");
        assert_eq!(refusal(&open, &path, &decision).await.0, 422, "{decision}");
    }
    let digits = "9".repeat(5_000);
    for path in [format!("/requests/R-{digits}/end"), format!("/requests/{digits}/end")] {
        assert_eq!(refusal(&open, &path, &json!({})).await.0, 422);
    }
    let name = "n".repeat(5_000);
    let path = format!("/integrations/{name}/credential");
    assert_eq!(refusal(&open, &path, &json!({})).await.0, 422);
    for body in [&b"{"[..], b"\xff\xfe", b"{\"targets\":"] {
        let (status, problem) = open.send("/requests", body.to_vec(), &[]).await;
        assert_eq!(status, 422, "{problem}");
    }
    let large = b" ".repeat(LARGEST_BODY + 1);
    let (status, problem) = open.send("/requests", large, &[]).await;
    assert_eq!((status, &problem["code"]), (413, &json!("body_too_large")), "{problem}");
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes();
    assert_eq!(open.send("/requests", deep, &[]).await.0, 422);
    assert_eq!(open.rows().await, rows, "nothing was stored");
}

#[tokio::test]
async fn t08_headers_are_bounded_like_everything_else() {
    let open = Open::people().await;
    let body = json!({ "targets": [TARGET], "reason": "why" }).to_string().into_bytes();
    let rows = open.rows().await;
    for key in [&b""[..], b" ", b"a b", b"\xe4\xf6", &b"k".repeat(201), &b"k".repeat(5_000)] {
        let headers = [("idempotency-key", key)];
        let (status, problem) = open.send("/requests", body.clone(), &headers).await;
        assert_eq!(status, 422, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|d| d.contains("1 to 200")), "{problem}");
    }
    let twice = [("idempotency-key", &b"one"[..]), ("idempotency-key", b"two")];
    assert_eq!(open.send("/requests", body, &twice).await.0, 422);
    for id in ["x", "1.5", "99999999999999999999"] {
        let call = raw(&open.socket).get("http://x/api/v1/events").header("last-event-id", id);
        assert_eq!(call.send().await.expect("answers").status().as_u16(), 422, "{id}");
    }
    let huge = "h".repeat(1 << 20);
    let call = raw(&open.socket).get("http://x/api/v1/me").header("x-huge", huge);
    if let Ok(answer) = call.send().await {
        assert_eq!(answer.status().as_u16(), 431);
    }
    assert_eq!(open.rows().await, rows, "nothing was stored");
}
