//! The caller's own machine: for whoever owns it and nobody else, and where there is one.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bellhop_api::{AccessDetails, Contexts, Hopped, KubeconfigContext, Session};
use bellhop_domain::Role;
use bellhop_server::workstation::{HopTo, Workstation, WorkstationError};
use secrecy::ExposeSecret as _;
use serde_json::json;
use support::open::{Open, raw};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A machine with one context, that remembers the hops.
#[derive(Debug, Default)]
struct Fake {
    hops: Mutex<Vec<HopTo>>,
    changes: watch::Sender<u64>,
    hangs: bool,
}

#[async_trait]
impl Workstation for Fake {
    async fn contexts(&self) -> Result<Contexts, WorkstationError> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Ok(Contexts { current: Some("minikube".to_owned()), ..Contexts::default() })
    }

    async fn hop(&self, to: HopTo) -> Result<Hopped, WorkstationError> {
        if to == HopTo::Name("gone".to_owned()) {
            return Err(WorkstationError("no context gone in /k".to_owned()));
        }
        self.hops.lock().expect("free").push(to);
        Ok(Hopped { context: "minikube".to_owned(), was: None })
    }

    async fn use_access(&self, access: AccessDetails) -> Result<Hopped, WorkstationError> {
        let context = format!("{} {:?}", access.number, access.kubernetes);
        Ok(Hopped { context, was: None })
    }

    fn way_to(&self, context: &str) -> Result<KubeconfigContext, WorkstationError> {
        let (kubeconfig, context) = (vec!["/k".to_owned()], Some(context.to_owned()));
        Ok(KubeconfigContext { kubeconfig, context, ..KubeconfigContext::default() })
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

async fn with(machine: Fake) -> (Open, Arc<Fake>) {
    let (open, machine) = (Open::people().await, Arc::new(machine));
    let own: Arc<dyn Workstation> = Arc::<Fake>::clone(&machine);
    assert!(open.world.app.workstation.set(own).is_ok(), "there is none yet");
    (open, machine)
}

async fn contexts(open: &Open) -> (u16, serde_json::Value) {
    let call = raw(&open.socket).get("http://x/api/v1/workstation/contexts");
    let answer = call.send().await.expect("answers");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn the_owner_sees_and_switches_the_contexts() {
    let (open, machine) = with(Fake::default()).await;
    let (status, listed) = contexts(&open).await;
    assert_eq!((status, &listed["current"]), (200, &json!("minikube")));
    for body in [json!({"name": "minikube"}), json!({"back": true})] {
        assert_eq!(open.post("/workstation/hop", &body).await.0, 200, "{body}");
    }
    let hops = [HopTo::Name("minikube".to_owned()), HopTo::Back];
    assert_eq!(*machine.hops.lock().expect("free"), hops);
    let (status, refused) = open.post("/workstation/hop", &json!({"name": "gone"})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("workstation_failed")), "{refused}");
    assert_eq!(refused["detail"], "no context gone in /k");
}

#[tokio::test]
async fn a_hop_names_one_context_or_says_back() {
    let (open, machine) = with(Fake::default()).await;
    let long = "x".repeat(1_001);
    for body in [
        json!({}),
        json!({"back": false}),
        json!({"name": ""}),
        json!({"name": long}),
        json!({"name": "a", "back": true}),
        json!({"name": "a", "file": "/etc/passwd"}),
    ] {
        let (status, refused) = open.post("/workstation/hop", &body).await;
        assert_eq!((status, &refused["code"]), (422, &json!("invalid_input")), "{body}");
    }
    assert!(machine.hops.lock().expect("free").is_empty());
}

#[tokio::test]
async fn p26_access_is_used_only_by_whoever_asked_for_it_and_while_it_is_active() {
    let (open, _) = with(Fake::default()).await;
    let pending = open.asked_by(&open.world.dana).await;
    let (status, refused) =
        open.post("/workstation/use", &json!({ "request": pending.number })).await;
    assert_eq!((status, &refused["code"]), (404, &json!("not_found")), "{refused}");
    open.person("erin", Role::Member).await;
    open.call_as("erin").await;
    let (status, refused) =
        open.post("/workstation/use", &json!({ "request": pending.number })).await;
    assert_eq!((status, &refused["code"]), (403, &json!("forbidden")), "{refused}");
}

#[tokio::test]
async fn a_backend_without_a_machine_says_so() {
    let open = Open::people().await;
    let (status, refused) = contexts(&open).await;
    assert_eq!((status, &refused["code"]), (404, &json!("no_workstation")), "{refused}");
    let (status, refused) = open.post("/workstation/hop", &json!({"back": true})).await;
    assert_eq!((status, &refused["code"]), (404, &json!("no_workstation")), "{refused}");
}

#[tokio::test]
async fn a_file_that_hangs_keeps_nobody_waiting() {
    let (open, _) = with(Fake { hangs: true, ..Fake::default() }).await;
    let waiting = async {
        while open.world.timer.sleeping() == 0 {
            tokio::task::yield_now().await;
        }
        open.world.pass(5);
    };
    let ((status, refused), ()) = tokio::join!(contexts(&open), waiting);
    assert_eq!((status, &refused["code"]), (409, &json!("workstation_failed")), "{refused}");
}

/// A person of this backend whose identity is no user of this machine has nothing to do with it.
#[tokio::test]
async fn p26_nobody_but_the_machines_own_user_sees_or_switches_its_contexts() {
    let (open, machine) = with(Fake::default()).await;
    open.person("ada", Role::Admin).await;
    let ada = open.link("ada", ("slack", "U1")).await;
    let port = open.client().open_loopback().await.expect("is open");
    let desk = &open.world.app.desk;
    let another = || Err::<(u16, CancellationToken), _>("it is open");
    let (_, code) = desk.code(ada.via, open.world.app.clock.boot(), another).expect("a code");
    for (code, status) in [(&port.code, 200), (&code, 404)] {
        let http = reqwest::Client::new();
        let body = json!({ "code": code.expose_secret() }).to_string();
        let call = http.post(format!("{}/api/v1/session", port.address)).body(body);
        let session: Session = call.send().await.expect("answers").json().await.expect("a token");
        let token = session.token.expose_secret();
        let call = http.get(format!("{}/api/v1/workstation/contexts", port.address));
        let listed = call.bearer_auth(token).send().await.expect("answers");
        assert_eq!(listed.status().as_u16(), status);
        let call = http.post(format!("{}/api/v1/workstation/hop", port.address));
        let call = call.header("content-type", "application/json").body(r#"{"back":true}"#);
        let hopped = call.bearer_auth(token).send().await.expect("answers");
        assert_eq!(hopped.status().as_u16(), status);
    }
    assert_eq!(machine.hops.lock().expect("free").len(), 1, "the owner's");
}

#[tokio::test]
async fn changes_of_the_contexts_are_told_to_the_owner_without_a_place_in_the_log() {
    let (open, machine) = with(Fake::default()).await;
    let call = raw(&open.socket).get("http://x/api/v1/events");
    let mut stream = call.send().await.expect("answers");
    while open.world.timer.sleeping() == 0 {
        tokio::task::yield_now().await;
    }
    machine.changes.send_modify(|count| *count += 1);
    let told = stream.chunk().await.expect("arrives").expect("goes on");
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(told.contains("workstation.contexts") && !told.contains("id:"), "{told}");
}
