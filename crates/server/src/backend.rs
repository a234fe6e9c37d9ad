//! The backend, put together: store, workers, configuration and the door.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use bellhop_domain::{Clock, SystemClock};
use bellhop_store::{Place, Store, integrations};
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::{self, App, AppError, Wired};
use crate::http::{self, Peer};
use crate::listen::{self, Door};
use crate::{config, work};

/// How long a stop waits for work under way. What is cut off goes on at the next start.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How often integrations are checked and swept.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Where a backend keeps its things.
#[derive(Clone, Debug)]
pub struct Options {
    /// The store's file.
    pub store: PathBuf,
    /// The folder of configuration files.
    pub config: PathBuf,
    /// The folder of integration credentials.
    pub credentials: PathBuf,
    /// The lock that makes this the only backend.
    pub lock: PathBuf,
    /// The socket to listen on.
    pub socket: PathBuf,
}

/// A backend that has recovered and listens.
pub struct Backend {
    app: Arc<App>,
    worker: work::Worker,
    listener: UnixListener,
    door: Door,
    tracker: TaskTracker,
}

impl Backend {
    /// Opens everything. What should have ended while no backend was running is ended first,
    /// before the configuration is read and before anybody is let in.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let lock = listen::lock(&options.lock)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = Store::open(&Place::File(options.store.clone()), Arc::clone(&clock)).await?;
        let systems = Arc::new(Wired::new(
            Arc::clone(&clock),
            options.credentials.clone(),
            store.installation(),
        ));
        let app = App::new(store, clock, systems);
        let tracker = TaskTracker::new();
        let worker = work::Worker::new(Arc::clone(&app), tracker.clone());
        worker.recover().await.context("ending what was left open")?;

        let read = config::read(&options.config)?;
        config::put_in_force(&app, &read).await.context("putting the configuration in force")?;
        let (listener, door) = listen::open(&options.socket, lock)?;
        Ok(Self { app, worker, listener, door, tracker })
    }

    /// Serves until `stop`, then lets work under way come to its next stored state.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { app, worker, listener, door, tracker } = self;
        tracker.spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        tracker.spawn(look_after(Arc::clone(&app), stop.clone()));
        let service: IntoMakeServiceWithConnectInfo<_, Peer> =
            http::router(Arc::clone(&app)).into_make_service_with_connect_info();
        let serving = axum::serve(listener, service);
        // Not a graceful shutdown: event streams never end by themselves, and every other call is
        // one transaction that is either kept whole or not at all.
        tokio::select! {
            served = serving => served.context("serving")?,
            () = stop.cancelled() => {}
        }
        tracker.close();
        if tokio::time::timeout(STOP_LIMIT, tracker.wait()).await.is_err() {
            tracing::warn!("work was still under way; it goes on at the next start");
        }
        app.store.close().await;
        drop(door);
        Ok(())
    }
}

/// Looks after the connected systems: a credential that runs out or a right that is lost shows
/// before somebody is promised access, and what drifted is found.
async fn look_after(app: Arc<App>, stop: CancellationToken) {
    loop {
        if let Err(error) = health(&app).await {
            tracing::error!(%error, "checking the integrations failed");
        }
        if let Err(error) = work::sweep::all(&app).await {
            tracing::error!(%error, "a sweep failed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn health(app: &App) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let all = integrations::all(&mut tx).await?;
    drop(tx);
    for integration in all {
        if let Err(error) = app::integrations::refresh(app, &integration.name).await {
            tracing::warn!(integration = integration.name, %error, "a check was cut short");
        }
    }
    Ok(())
}
