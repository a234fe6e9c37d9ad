//! A backend in process: real store, real use cases, a clock that moves when told to, and a system
//! that answers as told.

#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses its part of this")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it cannot do"
)]

pub(crate) mod fake;
pub(crate) mod open;
pub(crate) mod timer;

use std::path::PathBuf;
use std::sync::Arc;

use bellhop_api::{CreateRequest, Decide, Request};
use bellhop_domain::{ManualClock, Role, Verdict};
use bellhop_server::app::{App, AppError, Caller, people, requests, reviews};
use bellhop_server::{config, work};
use bellhop_store::{self as store, Place, Store, integrations};
use chrono::{DateTime, TimeDelta};
use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use fake::Fake;
use timer::ManualTimer;

pub(crate) const TARGET: &str = "k8s-real/namespace/customer1:edit";

pub(crate) const CONFIG: &str = include_str!("automatic.toml");

/// The same flow, but people approve.
pub(crate) const ASKING: &str = r#"
[[integration]]
name = "k8s-real"
kind = "kubernetes"

[[flow]]
id = "rnd"
name = "RnD access"
requesters = { users = ["dana"] }
duration = { default = "1h", max = "3h" }
extend = { times = 2, by = "30m" }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["customer*"]
  permissions = ["edit"]
  [flow.approval]
  steps = [{ any = { users = ["erin", "finn"] } }]
  lapse_after = "2h"
"#;

/// Everything that a test plays with.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) worker: work::Worker,
    pub(crate) clock: ManualClock,
    pub(crate) timer: ManualTimer,
    pub(crate) fake: Fake,
    pub(crate) dana: Caller,
    folder: TempDir,
}

impl World {
    /// A backend with one connected integration and one automatic flow for Dana.
    pub(crate) async fn new() -> Self {
        Self::with(CONFIG).await
    }

    /// The same with the flow for somebody else.
    pub(crate) async fn for_user(handle: &str) -> Self {
        // Who runs the tests may be called Dana.
        Self::with_person(&CONFIG.replace("dana", handle), "somebody").await
    }

    /// The same, but Erin or Finn have to approve.
    pub(crate) async fn asking() -> Self {
        Self::with(ASKING).await
    }

    /// A backend with this configuration and `k8s-real` connected. Dana asks.
    pub(crate) async fn with(config: &str) -> Self {
        Self::with_person(config, "dana").await
    }

    async fn with_person(config: &str, handle: &str) -> Self {
        let clock = ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).expect("in range"));
        let folder = tempfile::tempdir().expect("a folder");
        let fake = Fake::default();
        let timer = ManualTimer::default();
        let (app, worker) = open(&folder, (&clock, &timer), &fake).await;
        std::fs::create_dir(folder.path().join("config")).expect("made");
        let dana = people::os_user(&app, 4242, || handle.to_owned()).await.expect("known");
        let world = Self { app, worker, clock, timer, fake, dana, folder };
        world.configure(config).await;
        connect(&world.app).await;
        world
    }

    /// Puts another configuration in force.
    pub(crate) async fn configure(&self, config: &str) {
        std::fs::write(self.path("config/a.toml"), config).expect("written");
        let read = config::read(&self.path("config"), &[]).expect("reads");
        config::put_in_force(&self.app, &read).await.expect("in force");
    }

    /// Somebody of this name, made when they are not there yet.
    pub(crate) async fn member(&self, handle: &str) -> Caller {
        let mut tx = self.app.store.write().await.expect("opens");
        let person = match store::people::by_handle(&mut tx, handle).await.expect("reads") {
            Some(person) => person,
            None => {
                let identity = ("os", handle);
                store::people::add(&mut tx, handle, Role::Member, identity).await.expect("added")
            }
        };
        tx.commit().await.expect("kept");
        let via = person.identities.first().cloned().expect("an identity");
        Caller { person, via, once: None }
    }

    /// `who` decides about what is stored now.
    pub(crate) async fn says(
        &self,
        who: &Caller,
        verdict: Verdict,
        seen: &Request,
    ) -> Result<Request, AppError> {
        let input = Decide { seen: seen.seen.clone(), note: String::new(), duration_seconds: None };
        reviews::decide_on(&self.app, who, (&seen.number, verdict), input).await
    }

    /// The same store, opened again as after a restart.
    pub(crate) async fn restart(self) -> Self {
        self.app.store.close().await;
        let clocks = (&self.clock, &self.timer);
        let (app, worker) = open(&self.folder, clocks, &self.fake).await;
        worker.recover().await.expect("recovers");
        Self { app, worker, ..self }
    }

    /// Dana asks for an hour of the usual target.
    pub(crate) async fn ask(&self) -> Request {
        requests::create(&self.app, &self.dana, body()).await.expect("allowed")
    }

    /// Dana asks, and all due work is done.
    pub(crate) async fn granted(&self) -> Request {
        let request = self.ask().await;
        self.work().await;
        let request = self.show(&request.number).await;
        assert_eq!(request.status, "active", "{request:?}");
        request
    }

    pub(crate) async fn show(&self, number: &str) -> Request {
        requests::show(&self.app, &self.dana.person, number).await.expect("hers")
    }

    /// Does all due work.
    pub(crate) async fn work(&self) -> usize {
        self.worker.run_due().await.expect("works")
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
        self.timer.advance(seconds);
    }

    /// The kinds of all audit rows.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        let mut tx = self.app.store.read().await.expect("opens");
        let rows = bellhop_store::audit::after(&mut tx, 0, None, 10_000).await.expect("reads");
        let kind = |text: &str| {
            let event: serde_json::Value = serde_json::from_str(text).expect("JSON");
            event["kind"].as_str().expect("a kind").to_owned()
        };
        rows.iter().map(|row| kind(&row.text)).collect()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub(crate) fn body() -> CreateRequest {
    CreateRequest {
        targets: vec![TARGET.to_owned()],
        reason: "ticket 7".to_owned(),
        duration_seconds: None,
    }
}

async fn open(
    folder: &TempDir,
    (clock, timer): (&ManualClock, &ManualTimer),
    fake: &Fake,
) -> (Arc<App>, work::Worker) {
    let clock = Arc::new(clock.clone());
    let file = folder.path().join("bellhop.db");
    let store = Store::open(&Place::File(file), Arc::clone(&clock) as _).await.expect("opens");
    let timer = Arc::new(timer.clone());
    let app = App::new(store, (clock, timer), Arc::new(fake.clone()));
    let worker = work::Worker::new(Arc::clone(&app), TaskTracker::new());
    (app, worker)
}

async fn connect(app: &App) {
    let mut tx = app.store.write().await.expect("opens");
    let found = integrations::by_name(&mut tx, "k8s-real").await.expect("reads");
    let mut integration = found.expect("defined");
    integration.settings = Some("{}".to_owned());
    integration.pin = Some("fake".to_owned());
    "active".clone_into(&mut integration.status);
    integrations::update(&mut tx, &integration).await.expect("stored");
    tx.commit().await.expect("kept");
}
