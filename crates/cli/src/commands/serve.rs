//! `bellhop serve`

use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::Context;
use bellhop_api::Client;
use bellhop_server::app::desk::Page;
use bellhop_server::{Backend, Options};
use bellhop_workstation::home::Home;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::keyring::OwnKeyring;
use crate::machine::Machine;
use crate::{agent, args, daemon, logs, output, place};

/// What is logged is said by `BELLHOP_LOG`: a level (`debug`), or one for each part.
fn log(home: &Home, detached: bool) -> anyhow::Result<()> {
    let usual = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let filter = usual
        .with_env_var("BELLHOP_LOG")
        .from_env()
        .context("BELLHOP_LOG does not read. Set it to error, warn, info, debug or trace")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    if detached {
        log.with_ansi(false).with_writer(std::sync::Mutex::new(logs::writer(home)?)).init();
        return Ok(());
    }
    let log = log.with_writer(std::io::stderr);
    // In a file colours are noise.
    let log = if std::io::stderr().is_terminal() { log } else { log.with_ansi(false) };
    log.init();
    Ok(())
}

/// Runs the backend, and beside it the agent of this machine, until SIGTERM or Ctrl-C.
pub(crate) async fn run(home: &Home, ask: args::Serve) -> anyhow::Result<()> {
    let store = place::chosen(home, &ask.database)?;
    // What this process makes is for this user alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    home.prepare()?;
    if ask.detached {
        // Closing the terminal, or Ctrl-C in it, is not meant for this process.
        rustix::process::setsid().context("leaving the terminal")?;
    }
    log(home, ask.detached)?;

    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    tasks.spawn(stop_on_signal(stop.clone())?);
    let machine = Machine::new(home);
    let options = Options {
        store,
        config: home.config_dir().to_owned(),
        credentials: home.data_dir().join("credentials"),
        keyring: Some(Arc::new(OwnKeyring)),
        lock: home.lock_file(),
        socket: home.socket(),
        version: daemon::own_version()?,
        replaceable: ask.replaceable || ask.detached,
        workstation: Some(Arc::<Machine>::clone(&machine)),
        pages: page,
    };
    let backend = Backend::start(&options).await?;
    place::note(home, &options.store)?;
    let client = Client::on_socket(&home.socket())?;
    tasks.spawn(agent::run(home.clone(), client, stop.clone()));
    tasks.spawn(machine.watch(stop.clone()));
    tracing::info!(version = %options.version, socket = %options.socket.display(), "ready");
    if let Some(unread) = backend.unread() {
        output::progress(format!(
            "No new access is given, because the configuration does not read. What is open stays \
             until its end.\n{unread}\nCorrect it, then: bellhop apply"
        ));
    }
    output::line(format!("Bellhop is ready on {}", home.socket().display()));
    let served = backend.run(stop.clone()).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    // Only now: whoever waits for this backend to be gone removes or replaces what the agent uses.
    served.map(drop)
}

/// A file of the pages that this program has inside.
fn page(path: &str) -> Option<Page> {
    bellhop_pages::file(path).map(|file| Page { bytes: file.bytes, hash: file.hash })
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
