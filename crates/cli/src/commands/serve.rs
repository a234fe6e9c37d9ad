//! `bellhop serve`

use std::io::IsTerminal as _;

use anyhow::Context;
use bellhop_api::Client;
use bellhop_server::{Backend, Options};
use bellhop_workstation::home::Home;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::{agent, args, output, place};

/// What is logged is said by `BELLHOP_LOG`: a level (`debug`), or one for each part.
fn log_to_stderr() -> anyhow::Result<()> {
    let usual = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let filter = usual
        .with_env_var("BELLHOP_LOG")
        .from_env()
        .context("BELLHOP_LOG does not read. Set it to error, warn, info, debug or trace")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // In a file colours are noise.
    let log = if std::io::stderr().is_terminal() { log } else { log.with_ansi(false) };
    log.init();
    Ok(())
}

/// Runs the backend, and beside it the agent of this machine, until SIGTERM or Ctrl-C.
pub(crate) async fn run(home: &Home, ask: args::Database) -> anyhow::Result<()> {
    let store = place::chosen(home, &ask)?;
    log_to_stderr()?;
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
