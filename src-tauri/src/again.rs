//! Starting the app once more.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::trouble::Trouble;

/// Counts how often a start came in the moment in which the app that ran ended.
const TRIES: &str = "BELLHOP_START_TRIES";
const MOST_TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(100);

/// The app that ran ended while this start spoke to it: this is the first one now, so it starts from
/// the beginning, with the same words.
pub(crate) fn at_once(why: String) -> Result<ExitCode, Trouble> {
    let tries = env::var_os(TRIES);
    let tries = tries.and_then(|tries| tries.to_str()?.parse().ok()).unwrap_or(0);
    if tries >= MOST_TRIES {
        return Err(Trouble::NotAlone { why });
    }
    std::thread::sleep(PAUSE);
    let mut command = Command::new(program().map_err(|_| Trouble::NotAlone { why: why.clone() })?);
    command.args(env::args_os().skip(1)).env(TRIES, (tries + 1).to_string());
    replaced(command).map_err(|error| Trouble::NotAlone { why: format!("{why}; {error}") })
}

/// Starts the app that is installed by now, which may be a newer one, without the words that this one
/// was started with: they asked for what was seen long ago.
pub(crate) fn installed() -> Result<ExitCode, Trouble> {
    let failed = |error: std::io::Error| Trouble::NotAgain { why: error.to_string() };
    let mut command = Command::new(program().map_err(failed)?);
    command.env_remove(TRIES);
    replaced(command).map_err(failed)
}

/// This process becomes that one.
#[cfg(unix)]
fn replaced(mut command: Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// That one is started, and this one is done.
#[cfg(not(unix))]
fn replaced(mut command: Command) -> std::io::Result<ExitCode> {
    command.spawn().map(|_| ExitCode::SUCCESS)
}

/// This program by its path, where a newer one may be by now. Linux calls a running file that was
/// replaced "… (deleted)".
fn program() -> std::io::Result<PathBuf> {
    let path = env::current_exe()?;
    let text = path.to_string_lossy();
    Ok(text.strip_suffix(" (deleted)").map_or_else(|| path.clone(), PathBuf::from))
}
