//! The backend, put together: store, workers, configuration and the door.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use bellhop_domain::{Clock, SystemClock};
use bellhop_store::{Place, Store};
use semver::Version;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::desk::Pages;
use crate::app::{App, Wired};
use crate::http::{self, Peer};
use crate::keyring::Keyring;
use crate::listen::{self, Door};
use crate::timer::SystemTimer;
use crate::workstation::Workstation;
use crate::{config, work};

/// How long a stop waits for work under way. What is cut off goes on at the next start.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Where a backend keeps its things.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the store is.
    pub store: Place,
    /// The folder of configuration files.
    pub config: PathBuf,
    /// The folder of integration credentials.
    pub credentials: PathBuf,
    /// Where credentials are kept whose integration asks for a keyring.
    pub keyring: Option<Arc<dyn Keyring>>,
    /// The lock that makes this the only backend.
    pub lock: PathBuf,
    /// The socket to listen on.
    pub socket: PathBuf,
    /// The version of this program.
    pub version: Version,
    /// Whether a newer version may take its place.
    pub replaceable: bool,
    /// The machine that it runs on, where that is one's own.
    pub workstation: Option<Arc<dyn Workstation>>,
    /// What a browser is shown on the loopback port.
    pub pages: Pages,
}

/// A backend that has recovered and listens.
pub struct Backend {
    app: Arc<App>,
    worker: work::Worker,
    listener: UnixListener,
    door: Door,
    tracker: TaskTracker,
    version: Version,
    replaceable: bool,
}

impl Backend {
    /// Opens everything. A configuration that does not read is no hindrance: it lets nobody have
    /// anything new, and what is open has to end. What should have ended while no backend was running is ended first,
    /// before the configuration is read and before anybody is let in.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let lock = listen::lock(&options.lock).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = Store::open(&options.store, Arc::clone(&clock)).await?;
        let systems = Arc::new(Wired::new(
            Arc::clone(&clock),
            (options.credentials.clone(), options.keyring.clone()),
            store.installation(),
        ));
        let app = App::new(store, (clock, Arc::new(SystemTimer)), systems);
        if let Some(machine) = &options.workstation {
            app.workstation.get_or_init(|| Arc::clone(machine));
        }
        app.desk.lay_out(options.pages);
        let tracker = TaskTracker::new();
        let worker = work::Worker::new(Arc::clone(&app), tracker.clone());
        worker.recover().await.context("ending what was left open")?;

        config::at_start(&app, &options.config)
            .await
            .context("putting the configuration in force")?;
        let (listener, door) = listen::open(&options.socket, lock)?;
        let (version, replaceable) = (options.version.clone(), options.replaceable);
        Ok(Self { app, worker, listener, door, tracker, version, replaceable })
    }

    /// What is wrong with the configuration; while something is, no new access is given.
    pub fn unread(&self) -> Option<String> {
        self.app.configuration.unread()
    }

    /// Serves until `stop`, then lets work under way come to its next stored state. No other backend
    /// takes this one's place before what is answered is dropped.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<Door> {
        let Self { app, worker, listener, door, tracker, version, replaceable } = self;
        app.handover.introduce(version, replaceable.then(|| stop.clone()));
        tracker.spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        let service: IntoMakeServiceWithConnectInfo<_, Peer> =
            http::router(Arc::clone(&app)).into_make_service_with_connect_info();
        let serving = axum::serve(listener, service);
        // Not a graceful shutdown: event streams never end by themselves, and every other call is
        // one transaction that is either kept whole or not at all.
        tokio::select! {
            served = serving => served.context("serving")?,
            () = stop.cancelled() => {}
        }
        app.pulse.stop();
        app.desk.close();
        app.desk.tasks.close();
        tracker.close();
        if app
            .within(STOP_LIMIT, futures::future::join(tracker.wait(), app.desk.tasks.wait()))
            .await
            .is_none()
        {
            tracing::warn!("work was still under way; it goes on at the next start");
        }
        app.store.close().await;
        Ok(door)
    }
}
