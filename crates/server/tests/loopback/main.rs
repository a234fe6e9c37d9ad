//! The loopback port: who gets in, who does not, and when it closes.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod pages;
#[path = "../support/mod.rs"]
mod support;

use bellhop_api::{LoopbackPort, NewSession, Session};
use bellhop_domain::Role;
use bellhop_server::app::people;
use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use support::open::Open;
use support::{TARGET, World};

/// An open port, and the socket that it was opened from.
struct Port {
    open: Open,
    client: Client,
    host: String,
    code: SecretString,
}

impl Port {
    async fn open() -> Self {
        let open = Open::people().await;
        let LoopbackPort { address, code, code_seconds, pages } =
            open.client().open_loopback().await.expect("opens");
        assert_eq!((code_seconds, pages), (30, false));
        let host = address.strip_prefix("http://").expect("an address").to_owned();
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { open, client, host, code }
    }

    fn number(&self) -> &str {
        self.host.rsplit(':').next().expect("a port")
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.host))
    }

    async fn swap(&self, code: &SecretString) -> Response {
        let body = json!(NewSession { code: code.clone() }).to_string();
        let call = self.call(Method::POST, "/api/v1/session").body(body);
        call.send().await.expect("answers")
    }

    async fn token(&self) -> SecretString {
        let answer = self.swap(&self.code).await;
        assert_eq!(answer.status().as_u16(), 200);
        answer.json::<Session>().await.expect("a token").token
    }

    /// `GET /api/v1/me` with a token and whatever else.
    async fn me(&self, token: &SecretString, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut call = self.call(Method::GET, "/api/v1/me").bearer_auth(token.expose_secret());
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        let answer = call.send().await.expect("answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn more(&self) -> LoopbackPort {
        self.open.client().open_loopback().await.expect("is open")
    }

    /// Waits until nobody listens any more.
    async fn closed(&self) {
        while tokio::net::TcpStream::connect(&self.host).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_code_is_swapped_for_a_token_that_calls_as_the_person_who_opened_the_port() {
    let port = Port::open().await;
    let token = port.token().await;
    let (status, me) = port.me(&token, &[]).await;
    assert_eq!((status, &me["handle"]), (200, &json!("dana")));
    let body = json!({ "targets": [TARGET], "reason": "why" }).to_string();
    let call = port.call(Method::POST, "/api/v1/requests").bearer_auth(token.expose_secret());
    let made = call.body(body).send().await.expect("answers");
    assert_eq!(made.headers()["cache-control"], "no-store");
    assert_eq!(made.json::<Value>().await.expect("JSON")["requester"], "dana");
    let again = port.more().await;
    assert_eq!(again.address, format!("http://{}", port.host), "one port for all");
}

#[tokio::test]
async fn a_code_is_good_once_and_for_half_a_minute() {
    let port = Port::open().await;
    port.token().await;
    let replayed = port.swap(&port.code).await;
    assert_eq!(replayed.status().as_u16(), 401);
    let problem: Value = replayed.json().await.expect("JSON");
    assert_eq!(problem["next"], "Get another: bellhop open --print");
    let late = port.more().await.code;
    port.open.world.pass(30);
    assert_eq!(port.swap(&late).await.status().as_u16(), 401, "too old");
    for body in [json!({}), json!({ "code": 7 }), json!({ "code": "x", "person": "ada" })] {
        let call = port.call(Method::POST, "/api/v1/session").body(body.to_string());
        assert_eq!(call.send().await.expect("answers").status().as_u16(), 422, "{body}");
    }
    for code in ["", "x", &"0".repeat(64)] {
        assert_eq!(port.swap(&code.to_owned().into()).await.status().as_u16(), 401, "{code}");
    }
}

#[tokio::test]
async fn without_a_token_that_is_good_nothing_is_answered() {
    let port = Port::open().await;
    let token = port.token().await;
    let good = token.expose_secret();
    let wrong = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {good}"),
        format!("Bearer {}", &good[1..]),
        format!("Bearer {good}0"),
        format!("Bearer {}", port.code.expose_secret()),
        format!("Bearer {}", "0".repeat(64)),
    ];
    let document = json!(bellhop_server::http::openapi());
    let calls = document["paths"].as_object().expect("paths").iter();
    for (path, item) in calls.filter(|(path, _)| path.as_str() != "/api/v1/session") {
        let method = if item["get"].is_object() { Method::GET } else { Method::POST };
        let path = path.replace("{number}", "R-1001").replace("{name}", "k8s-real");
        let bare = port.call(method.clone(), &path).send().await.expect("answers");
        assert_eq!(bare.status().as_u16(), 401, "{path}");
        assert_eq!(bare.headers()["www-authenticate"], "Bearer");
        for header in &wrong {
            let call = port.call(method.clone(), &path).header("authorization", header);
            let status = call.send().await.expect("answers").status().as_u16();
            assert_eq!(status, 401, "{path} {header}");
        }
    }
    let cookie = port.call(Method::GET, "/api/v1/me").header("cookie", format!("token={good}"));
    assert_eq!(cookie.send().await.expect("answers").status().as_u16(), 401);
    let twice = port.call(Method::GET, "/api/v1/me").bearer_auth(good).bearer_auth("x");
    assert_eq!(twice.send().await.expect("answers").status().as_u16(), 401);
    let nothing = port.call(Method::GET, "/nothing").send().await.expect("answers");
    assert_eq!(nothing.status().as_u16(), 404);
    assert_eq!(nothing.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_name_that_somebody_points_here_is_refused() {
    let port = Port::open().await;
    let token = port.token().await;
    let number = port.number().to_owned();
    for host in
        [format!("127.0.0.1:{number}"), format!("localhost:{number}"), format!("[::1]:{number}")]
    {
        assert_eq!(port.me(&token, &[("host", &host)]).await.0, 200, "{host}");
    }
    for host in [
        format!("evil.example:{number}"),
        format!("127.0.0.1.evil.example:{number}"),
        format!("localhost.:{number}"),
        format!("LOCALHOST:{number}"),
        format!("127.1:{number}"),
        format!("0.0.0.0:{number}"),
        "127.0.0.1".to_owned(),
        "localhost:1".to_owned(),
        String::new(),
    ] {
        let (status, problem) = port.me(&token, &[("host", &host)]).await;
        assert_eq!((status, &problem["code"]), (403, &json!("forbidden")), "{host}");
        // The code is refused there, too, and is not used up by it.
        let body = json!({ "code": "x" }).to_string();
        let call = port.call(Method::POST, "/api/v1/session").header("host", &host).body(body);
        assert_eq!(call.send().await.expect("answers").status().as_u16(), 403, "{host}");
    }
}

#[tokio::test]
async fn another_page_is_refused_and_gets_no_leave_to_read() {
    let port = Port::open().await;
    let token = port.token().await;
    let own = format!("http://{}", port.host);
    assert_eq!(port.me(&token, &[("origin", &own)]).await.0, 200);
    for origin in [
        "null".to_owned(),
        "http://evil.example".to_owned(),
        "http://127.0.0.1".to_owned(),
        "http://127.0.0.1:1".to_owned(),
        format!("https://{}", port.host),
        format!("http://localhost:{}", port.number()),
        format!("{own}/"),
        format!("{own}.evil.example"),
    ] {
        assert_eq!(port.me(&token, &[("origin", &origin)]).await.0, 403, "{origin}");
    }
    assert_eq!(port.me(&token, &[("origin", &own), ("origin", "null")]).await.0, 403);
    let asks =
        port.call(Method::OPTIONS, "/api/v1/requests").header("origin", "http://evil.example");
    let answer =
        asks.header("access-control-request-method", "POST").send().await.expect("answers");
    assert_eq!(answer.status().as_u16(), 403);
    for answer in [
        answer,
        port.call(Method::GET, "/api/v1/me")
            .bearer_auth(token.expose_secret())
            .send()
            .await
            .expect("answers"),
    ] {
        assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
        assert!(answer.headers().get("set-cookie").is_none());
    }
}

#[tokio::test]
async fn what_is_about_this_machine_is_answered_on_the_socket_only() {
    let port = Port::open().await;
    port.open.person("ada", Role::Admin).await;
    port.open.call_as("ada").await;
    let token = port.token().await;
    let paths = [
        "/handover",
        "/integrations/k8s-real/disconnect",
        "/store",
        "/loopback",
        "/integrations/k8s-real/connect",
        "/integrations/k8s-real/credential",
    ];
    for path in paths {
        let method = if path == "/store" { Method::GET } else { Method::POST };
        let body = match path {
            "/integrations/k8s-real/connect" | "/integrations/k8s-real/disconnect" => {
                "{\"admin\":{\"kubeconfig\":[]}}"
            }
            "/handover" => "{\"version\":\"9.0.0\"}",
            _ => "{}",
        };
        let call = port.call(method, &format!("/api/v1{path}")).bearer_auth(token.expose_secret());
        let answer = call.body(body).send().await.expect("answers");
        assert_eq!(answer.status().as_u16(), 403, "{path}");
        let problem: Value = answer.json().await.expect("JSON");
        assert!(
            problem["detail"].as_str().is_some_and(|d| d.contains("loopback port")),
            "{problem}"
        );
    }
    // And a code is swapped on the port only.
    let code = port.more().await.code;
    let body = json!(NewSession { code });
    assert_eq!(port.open.post("/session", &body).await.0, 401);
}

#[tokio::test]
async fn the_port_closes_when_idle_and_every_stream_and_token_with_it() {
    let port = Port::open().await;
    let token = port.token().await;
    let call = port.call(Method::GET, "/api/v1/events").bearer_auth(token.expose_secret());
    let mut events = call.send().await.expect("opens");
    port.open.world.pass(14 * 60 + 59);
    assert_eq!(port.me(&token, &[]).await.0, 200, "a call keeps it open");
    port.open.world.pass(14 * 60 + 59);
    assert_eq!(port.me(&token, &[]).await.0, 200);
    port.open.world.pass(15 * 60);
    port.closed().await;
    while let Ok(Some(line)) = events.chunk().await {
        assert!(line.starts_with(b": alive"), "{line:?}");
    }
    let anew = port.more().await;
    let host = anew.address.strip_prefix("http://").expect("an address").to_owned();
    let again = Port { host, code: anew.code, ..port };
    assert_eq!(again.me(&token, &[]).await.0, 401, "the token went with the port");
    again.token().await;
}

#[tokio::test]
async fn the_port_closes_when_the_backend_stops() {
    let port = Port::open().await;
    let token = port.token().await;
    let call = port.call(Method::GET, "/api/v1/events").bearer_auth(token.expose_secret());
    let _events = call.send().await.expect("opens");
    port.open.world.app.desk.close();
    port.open.world.app.desk.tasks.close();
    // Comes back only when nothing is served any more, open streams included.
    port.open.world.app.desk.tasks.wait().await;
    port.closed().await;
}

#[tokio::test]
async fn a_token_is_of_somebody_who_is_still_here() {
    let port = Port::open().await;
    let token = port.token().await;
    port.open.person("ada", Role::Admin).await;
    let ada = port.open.link("ada", ("test", "ada-2")).await;
    people::deactivate(&port.open.world.app, &ada, "dana").await.expect("she may");
    assert_eq!(port.me(&token, &[]).await.0, 403);
}

#[tokio::test]
async fn no_port_is_open_before_somebody_asks() {
    let world = World::new().await;
    assert_eq!(world.app.desk.look(world.app.clock.boot()), None);
}
