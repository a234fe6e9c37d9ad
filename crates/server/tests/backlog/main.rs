//! Thousands of grants end in the same second, after a restart.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at what it cannot do, and says how long it took"
)]

mod busy;
mod crowd;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bellhop_api::{Client, ClientError, Code, CreateRequest, Request};
use bellhop_domain::ManualClock;
use bellhop_server::app::App;
use bellhop_server::http::{Peer, router};
use bellhop_server::timer::{SystemTimer, Timer};
use bellhop_server::{config, work};
use bellhop_store::{Place, Store, audit, integrations};
use chrono::{DateTime, TimeDelta};
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use busy::Busy;
use crowd::INTEGRATION;

/// In a debug build fewer, as each takes several times as long there.
const GRANTS: usize = if cfg!(debug_assertions) { 2_000 } else { 15_000 };
/// Of each kind of work, taking and giving.
const MOST_AT_ONCE: usize = 12;
/// Nothing takes this long.
const LIMIT: Duration = Duration::from_mins(10);

/// A backend that was started on what the crowd left.
struct Backend {
    app: Arc<App>,
    clock: ManualClock,
    busy: Busy,
    stop: CancellationToken,
    tasks: TaskTracker,
    client: Client,
}

impl Backend {
    async fn start(folder: &Path, clock: ManualClock, busy: Busy) -> Self {
        let app = open(folder, &clock, &busy).await;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let worker = work::Worker::new(Arc::clone(&app), tasks.clone());
        worker.recover().await.expect("recovers");
        let socket = folder.join("api.sock");
        let listener = UnixListener::bind(&socket).expect("binds");
        let service = router(Arc::clone(&app)).into_make_service_with_connect_info::<Peer>();
        let (served, stopped) = (stop.clone(), stop.clone());
        tasks.spawn(async move { worker.run(stopped).await });
        tasks.spawn(async move {
            tokio::select! {
                done = axum::serve(listener, service) => done.expect("serves"),
                () = served.cancelled() => {}
            }
        });
        let client = Client::on_socket(&socket).expect("a client");
        Self { app, clock, busy, stop, tasks, client }
    }

    fn left(&self) -> usize {
        self.busy.seen().open.len()
    }

    async fn ask(&self, resource: &str) -> Request {
        let body = CreateRequest {
            targets: vec![format!("{INTEGRATION}/namespace/{resource}:edit")],
            reason: "why".to_owned(),
            duration_seconds: None,
        };
        self.client.create_request(&body).await.expect("allowed")
    }
}

async fn open(folder: &Path, clock: &ManualClock, busy: &Busy) -> Arc<App> {
    let place = Place::File(folder.join("bellhop.db"));
    let store = Store::open(&place, Arc::new(clock.clone())).await.expect("opens");
    let timer = Arc::new(SoonOpen(busy.clone()));
    App::new(store, (Arc::new(clock.clone()), timer), Arc::new(busy.clone()))
}

/// The machine's timers, except that the start waits for the first removals and no longer. However
/// fast the machine is, most of the backlog is then left for when people are let in.
struct SoonOpen(Busy);

#[async_trait]
impl Timer for SoonOpen {
    async fn sleep(&self, time: Duration) {
        let at_the_start = time == Duration::from_secs(5);
        while at_the_start && self.0.seen().revokes < GRANTS / 20 {
            SystemTimer.sleep(Duration::from_millis(1)).await;
        }
        if !at_the_start {
            SystemTimer.sleep(time).await;
        }
    }
}

/// Everybody has what they asked for, and the backend is gone.
async fn before(folder: &Path, clock: &ManualClock, busy: &Busy) {
    let app = open(folder, clock, busy).await;
    let files = folder.join("config");
    std::fs::create_dir(&files).expect("made");
    let own = nix::unistd::User::from_uid(nix::unistd::Uid::effective());
    let own = own.expect("asks").expect("a user of this machine").name;
    std::fs::write(files.join("a.toml"), crowd::config(&own)).expect("written");
    let read = config::read(&files, &[]).expect("reads");
    config::put_in_force(&app, &read).await.expect("in force");
    let mut tx = app.store.write().await.expect("opens");
    let found = integrations::by_name(&mut tx, INTEGRATION).await.expect("reads");
    let mut known = found.expect("defined");
    (known.settings, known.pin) = (Some("{}".to_owned()), Some("busy".to_owned()));
    "active".clone_into(&mut known.status);
    integrations::update(&mut tx, &known).await.expect("stored");
    tx.commit().await.expect("kept");
    let open = crowd::move_in(&app.store, GRANTS).await;
    busy.seen().open.extend(open);
    app.store.close().await;
}

#[tokio::test]
async fn t13_thousands_of_ends_at_once_keep_nobody_from_asking_and_flood_no_system() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).expect("in range"));
    let busy = Busy::new(clock.clone(), GRANTS / 2);
    let began = Instant::now();
    before(folder.path(), &clock, &busy).await;
    eprintln!("{GRANTS} grants stored in {:.1?}", began.elapsed());
    clock.advance(TimeDelta::seconds(3601));

    let began = Instant::now();
    let backend = Backend::start(folder.path(), clock, busy).await;
    let (opened, left) = (began.elapsed(), backend.left());
    let answered = meanwhile(&backend, began).await;
    eprintln!(
        "the door opened after {opened:.1?} with {left} left; all were gone after {:.1?}, and \
         {answered} calls were answered meanwhile",
        began.elapsed()
    );
    assert_eq!(backend.left(), 1, "only what was asked for since is open");
    {
        let seen = backend.busy.seen();
        assert!(seen.most_at_once <= 2 * MOST_AT_ONCE, "{} calls at once", seen.most_at_once);
        assert!(seen.most_at_once > 2, "the limit was never tried");
        assert!(seen.paused_until.is_some(), "it never asked for a pause");
        assert_eq!(seen.rude, Vec::<&str>::new(), "calls in spite of the pause");
    }
    backend.stop.cancel();
    backend.tasks.close();
    backend.tasks.wait().await;
    let mut tx = backend.app.store.read().await.expect("opens");
    let verdict = audit::verify(&mut tx).await.expect("reads");
    assert!(matches!(verdict, audit::Verdict::Intact(_)), "{verdict:?}");
}

/// Calls the API until all is gone, and lets the pause go by when it was asked for; answers how
/// many calls were answered.
async fn meanwhile(backend: &Backend, began: Instant) -> usize {
    let asked = backend.ask("mine").await;
    let (mut answered, mut active, mut waited) = (1, false, 0);
    // What was asked for stays open; the rest has to go.
    while backend.left() > usize::from(active) || !active {
        assert!(began.elapsed() < LIMIT, "{} are left", backend.left());
        let shown = match backend.client.request(&asked.number).await {
            Ok(shown) => shown,
            // Nobody asks as often as this loop. Its second goes by for everybody.
            Err(ClientError::Refused(problem)) if problem.code == Code::RateLimited => {
                backend.clock.advance(TimeDelta::seconds(1));
                continue;
            }
            Err(other) => unreachable!("no answer: {other}"),
        };
        answered += 1;
        if !active && shown.status == "active" {
            active = true;
            assert!(backend.left() > GRANTS / 4, "it waited for the backlog");
        }
        let paused = backend.busy.seen().paused_until.is_some();
        waited += usize::from(paused);
        if waited == 50 {
            backend.clock.advance(TimeDelta::from_std(busy::PAUSE).expect("short"));
            backend.clock.advance(TimeDelta::seconds(31));
        }
        if waited > 50 && waited % 50 == 0 {
            // What came back late from the pause is tried again.
            backend.clock.advance(TimeDelta::seconds(1));
        }
    }
    answered
}
