//! `bellhop serve`

use anyhow::Context;
use bellhop_api::Client;
use bellhop_server::{Backend, Options};
use bellhop_workstation::home::Home;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing_subscriber::EnvFilter;

use crate::{agent, args, output, place};

/// Runs the backend, and beside it the agent of this machine, until SIGTERM or Ctrl-C.
pub(crate) async fn run(home: &Home, ask: args::Database) -> anyhow::Result<()> {
    let store = place::chosen(home, &ask)?;
    let filter = EnvFilter::try_from_env("BELLHOP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    // What this process makes is for this user alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    home.prepare()?;

    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    tasks.spawn(stop_on_signal(stop.clone())?);
    let options = Options {
        store,
        config: home.config_dir().to_owned(),
        credentials: home.data_dir().join("credentials"),
        lock: home.lock_file(),
        socket: home.socket(),
    };
    let backend = Backend::start(&options).await?;
    let client = Client::on_socket(&home.socket())?;
    tasks.spawn(agent::run(home.clone(), client, stop.clone()));
    output::line(format!("Bellhop is ready on {}", home.socket().display()));
    let served = backend.run(stop.clone()).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    served
}

fn stop_on_signal(
    stop: CancellationToken,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = stop.cancelled() => {}
        }
        stop.cancel();
    })
}
