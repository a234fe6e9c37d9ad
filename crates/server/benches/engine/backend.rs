//! A backend in process: real store, real worker, and a system that answers at once.

use std::sync::Arc;

use anyhow::{Context, Result};
use bellhop_api::CreateRequest;
use bellhop_domain::{Clock, SystemClock};
use bellhop_server::app::{App, Caller, people};
use bellhop_server::timer::SystemTimer;
use bellhop_server::{config, work};
use bellhop_store::{Place, Store, integrations};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::fake::Fake;

const CONFIG: &str = include_str!("../../tests/support/automatic.toml");

pub(crate) struct Backend {
    pub(crate) app: Arc<App>,
    pub(crate) dana: Caller,
    pub(crate) fake: Fake,
    pub(crate) folder: TempDir,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Backend {
    /// A store beside the target folder: on the disk, and not in memory as a folder for temporary
    /// files may be.
    pub(crate) async fn open() -> Result<Self> {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let place = Place::File(folder.path().join("bellhop.db"));
        let store = Store::open(&place, Arc::clone(&clock)).await?;
        let fake = Fake::default();
        let app = App::new(store, (clock, Arc::new(SystemTimer)), Arc::new(fake.clone()));
        std::fs::create_dir(folder.path().join("config"))?;
        // Everything that a search may find.
        let config = CONFIG.replace("[\"customer*\"]", "[\"*\"]");
        std::fs::write(folder.path().join("config/a.toml"), config)?;
        config::put_in_force(&app, &config::read(&folder.path().join("config"), &[])?).await?;
        let dana = people::os_user(&app, 4242, || "dana".to_owned()).await?;
        let mut tx = app.store.write().await?;
        let mut system =
            integrations::by_name(&mut tx, "k8s-real").await?.context("it is configured")?;
        system.settings = Some("{}".to_owned());
        system.pin = Some("fake".to_owned());
        "active".clone_into(&mut system.status);
        integrations::update(&mut tx, &system).await?;
        tx.commit().await?;
        Ok(Self {
            app,
            dana,
            fake,
            folder,
            stop: CancellationToken::new(),
            tracker: TaskTracker::new(),
        })
    }

    /// Starts the worker.
    pub(crate) fn start(&self) {
        let worker = work::Worker::new(Arc::clone(&self.app), self.tracker.clone());
        let stop = self.stop.clone();
        self.tracker.spawn(async move { worker.run(stop).await });
    }

    /// Lets work under way end, and removes everything.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        self.app.store.close().await;
    }
}

/// Asks for one of many targets.
pub(crate) fn ask(number: usize) -> CreateRequest {
    CreateRequest {
        targets: vec![format!("k8s-real/namespace/customer{number}:edit")],
        reason: "bench".to_owned(),
        duration_seconds: None,
    }
}
