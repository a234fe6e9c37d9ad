//! Running somebody's command as if Bellhop were not there: its input and output, its signals, its
//! exit code.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};

use anyhow::Context;
use rustix::process::{Pid, Signal, getpgrp, kill_process};
use rustix::termios::tcgetpgrp;
use tokio::process::Command;
use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

use crate::failure::CannotRun;

/// The program behind the command's first word, looked for as a shell does.
pub(crate) fn found(command: &[OsString]) -> anyhow::Result<PathBuf> {
    let name = command.first().context("there is no command")?;
    let path = Path::new(name);
    let text = path.display();
    let candidates: Vec<PathBuf> = if path.components().count() > 1 {
        vec![path.to_owned()]
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).map(|folder| folder.join(name)).collect()
    };
    let files: Vec<_> = candidates.into_iter().filter(|path| path.is_file()).collect();
    let runs = |path: &&PathBuf| {
        fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
    };
    match (files.iter().find(runs), files.first()) {
        (Some(program), _) => Ok(program.clone()),
        (None, Some(_)) => Err(CannotRun::NotExecutable(text.to_string()).into()),
        (None, None) => Err(CannotRun::NotFound(text.to_string()).into()),
    }
}

/// The signals that are the command's as soon as it runs.
pub(crate) struct Signals(Vec<(Signal, Listener)>);

impl Signals {
    /// From now on they do not end this program.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let all = [
            (Signal::INT, SignalKind::interrupt()),
            (Signal::QUIT, SignalKind::quit()),
            (Signal::TERM, SignalKind::terminate()),
            (Signal::HUP, SignalKind::hangup()),
            (Signal::USR1, SignalKind::user_defined1()),
            (Signal::USR2, SignalKind::user_defined2()),
        ];
        let listen = |(number, kind)| anyhow::Ok((number, signal(kind)?));
        let all: anyhow::Result<Vec<_>> = all.into_iter().map(listen).collect();
        Ok(Self(all.context("listening for signals")?))
    }

    async fn next(&mut self) -> Signal {
        let waits = self.0.iter_mut().map(|(number, listener)| {
            Box::pin(async move {
                match listener.recv().await {
                    Some(()) => *number,
                    None => std::future::pending().await,
                }
            })
        });
        futures::future::select_all(waits).await.0
    }
}

/// Runs the command with `KUBECONFIG` set, and ends as it ended: 128 and the signal's number if a
/// signal ended it.
pub(crate) async fn run(
    program: &Path,
    command: &[OsString],
    kubeconfig: &Path,
    mut signals: Signals,
) -> anyhow::Result<ExitCode> {
    let mut child = Command::new(program)
        .arg0(command.first().map_or(OsStr::new(""), OsString::as_os_str))
        .args(command.iter().skip(1))
        .env("KUBECONFIG", kubeconfig)
        .spawn()
        .map_err(|error| CannotRun::Failed(program.display().to_string(), error))?;
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    loop {
        tokio::select! {
            ended = child.wait() => return Ok(code(ended.context("waiting for the command")?)),
            signal = signals.next() => {
                // What is typed at a terminal reaches the command by itself.
                let typed = matches!(signal, Signal::INT | Signal::QUIT) && in_foreground();
                if let (Some(pid), false) = (pid, typed) {
                    // It may have ended just now, and is waited for in any case.
                    kill_process(pid, signal).ok();
                }
            }
        }
    }
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Whether this process and its children are those that the terminal sends signals to.
fn in_foreground() -> bool {
    let Ok(terminal) = File::open("/dev/tty") else { return false };
    tcgetpgrp(&terminal).is_ok_and(|group| group == getpgrp())
}
