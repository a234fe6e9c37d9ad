//! Starting a backend that outlives the command, and stopping it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use bellhop_api::Client;
use bellhop_workstation::home::Home;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

use crate::{output, place, service};

/// How long a start may take; a large store is brought up to date in that time.
const START_LIMIT: Duration = Duration::from_mins(1);
/// How long a stop may take: a backend lets work under way end for 10 seconds.
const STOP_LIMIT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);
/// After this long people are told what they wait for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether commands may start a backend; `BELLHOP_NO_START` set to anything says no.
pub(super) fn is_allowed() -> bool {
    std::env::var_os("BELLHOP_NO_START").is_none_or(|value| value.is_empty())
}

/// Starts a backend of its own, or the installed service, and waits until it answers. Of several
/// that would start one at the same moment, one does and the others wait for it.
pub(super) async fn detached(home: &Home, client: &Client) -> anyhow::Result<()> {
    home.prepare()?;
    let _turn = turn(home).await?;
    if client.hello().await.is_ok() {
        return Ok(());
    }
    if service::is_installed(home)? {
        service::start()?;
        return answering(home, client, None).await;
    }
    place::refuse_another(home)?;
    let errors = home.runtime_dir().join("start.log");
    let child = spawn(home, &errors)?;
    answering(home, client, Some((child, errors))).await
}

/// Held by whoever starts a backend.
async fn turn(home: &Home) -> anyhow::Result<File> {
    let path = home.runtime_dir().join("start.lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    let file = options.open(&path).with_context(|| path.display().to_string())?;
    let mut waited = Duration::ZERO;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK) if waited < START_LIMIT => {}
            Err(error) => return Err(error).context(path.display().to_string()),
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

fn spawn(home: &Home, errors: &std::path::Path) -> anyhow::Result<Child> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).mode(0o600);
    let errors = options.open(errors).with_context(|| errors.display().to_string())?;
    errors.set_len(0)?;
    let mut command = Command::new(super::own_program()?);
    if let Some(folder) = home.explicit() {
        command.arg("--home").arg(folder);
    }
    command.args(["serve", "--detached"]).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
    command.spawn().context("starting the backend")
}

/// Waits until the backend answers. One that ends before that says why.
async fn answering(
    home: &Home,
    client: &Client,
    mut started: Option<(Child, PathBuf)>,
) -> anyhow::Result<()> {
    let (mut waited, mut told) = (Duration::ZERO, false);
    loop {
        if client.hello().await.is_ok() {
            if told {
                output::progress("bellhop: the backend is ready");
            }
            return Ok(());
        }
        if let Some((child, errors)) = &mut started
            && child.try_wait()?.is_some()
            // Somebody else's backend was faster, and is about to answer.
            && lock_is_free(home)?
        {
            let said = std::fs::read_to_string(errors).unwrap_or_default();
            let said = said.trim().strip_prefix("bellhop: ").unwrap_or(said.trim()).to_owned();
            bail!("the backend does not start: {said}");
        }
        if waited > START_LIMIT {
            bail!("the backend does not answer yet. What it does is in its log: bellhop logs");
        }
        if waited > PATIENCE && !told {
            output::progress("bellhop: starting the backend");
            told = true;
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

/// Whether no backend runs, whatever it answers.
pub(crate) fn lock_is_free(home: &Home) -> anyhow::Result<bool> {
    let path = home.lock_file();
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error).context(path.display().to_string()),
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error).context(path.display().to_string()),
    }
}

/// Waits until the backend that ran is gone.
pub(super) async fn until_free(home: &Home) -> anyhow::Result<()> {
    let mut waited = Duration::ZERO;
    while !lock_is_free(home)? {
        if waited > STOP_LIMIT {
            bail!("the backend was told to stop and still runs. Look at its log: bellhop logs");
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
    Ok(())
}

/// What [`stop`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It ran, and is gone.
    Now,
    /// None ran.
    NoneRan,
}

/// Stops the backend of this home and waits until it is gone. Which process that is the kernel
/// says: the one that listens on the socket.
pub(crate) async fn stop(home: &Home) -> anyhow::Result<Stopped> {
    let Ok(stream) = tokio::net::UnixStream::connect(home.socket()).await else {
        if lock_is_free(home)? {
            return Ok(Stopped::NoneRan);
        }
        bail!("a backend runs and does not listen yet. Try again in a moment");
    };
    let process = stream.peer_cred()?.pid().and_then(Pid::from_raw);
    let process = process.context("the system does not say which process listens")?;
    kill_process(process, Signal::TERM).context("stopping the backend")?;
    drop(stream);
    until_free(home).await?;
    Ok(Stopped::Now)
}
