//! `bellhop logs`

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bellhop_workstation::home::Home;

use crate::args::Logs;
use crate::{logs, output, service};

/// How often a log that is followed is looked at.
const PAUSE: Duration = Duration::from_millis(250);

/// Prints the end of the log, and with `--follow` what comes.
pub(crate) async fn run(home: &Home, ask: Logs) -> anyhow::Result<()> {
    if service::is_installed(home)? {
        return journal(&ask);
    }
    let files = logs::files(home)?;
    if files.is_empty() && !ask.follow {
        bail!(
            "there is no log in {}: no command has started a backend here yet. One that you start \
             yourself with bellhop serve logs to its terminal",
            home.log_dir().display()
        );
    }
    for line in logs::last_lines(&files, ask.lines)? {
        output::line(line);
    }
    if ask.follow { follow(home, files.last().cloned()).await } else { Ok(()) }
}

/// The service's log is systemd's matter.
fn journal(ask: &Logs) -> anyhow::Result<()> {
    let mut command = Command::new("journalctl");
    command.args(["--user", "--unit", service::UNIT, "--lines", &ask.lines.to_string()]);
    if ask.follow {
        command.arg("--follow");
    }
    Err(command.exec()).context("journalctl")
}

/// Prints what is added, from file to file, until the command is ended.
async fn follow(home: &Home, mut current: Option<PathBuf>) -> anyhow::Result<()> {
    let mut read = current.as_deref().map(length).transpose()?.unwrap_or(0);
    loop {
        let newest = logs::files(home)?.pop();
        if let Some(path) = &current {
            read += print_from(path, read)?;
        }
        if newest != current {
            (current, read) = (newest, 0);
            continue;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn length(path: &Path) -> anyhow::Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| path.display().to_string())?.len())
}

fn print_from(path: &Path, from: u64) -> anyhow::Result<u64> {
    let mut file = File::open(path).with_context(|| path.display().to_string())?;
    file.seek(SeekFrom::Start(from))?;
    let mut added = Vec::new();
    file.read_to_end(&mut added)?;
    output::part(&added)?;
    output::complete()?;
    Ok(u64::try_from(added.len())?)
}
