//! Parents and children: a child is this very program, run again for one case.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};
use bellhop_domain::ManualClock;
use chrono::DateTime;
use tempfile::TempDir;

const ROLE: &str = "BELLHOP_CRASH_ROLE";
const FOLDER: &str = "BELLHOP_CRASH_FOLDER";
const AT: &str = "BELLHOP_CRASH_AT";
const ADDRESS: &str = "BELLHOP_CRASH_ADDRESS";
/// The signal.
pub(crate) const KILL: i32 = 9;
/// Children that run at the same time.
const AT_ONCE: usize = 2;
/// After so many failures, what is wrong is clear.
const FAILURES: usize = 20;

/// What a child is to do.
pub(crate) struct Case {
    /// Which part it plays.
    pub(crate) role: String,
    /// Where everything is kept.
    pub(crate) folder: PathBuf,
    /// At which point it ends; 0 for none.
    pub(crate) at: u64,
    /// The database, when the store is not in the folder.
    pub(crate) address: Option<String>,
}

impl Case {
    /// The case that this process was started for, when it is a child.
    #[expect(clippy::disallowed_methods, reason = "a child learns here what it is to do")]
    pub(crate) fn of_this_process() -> Option<Self> {
        let role = std::env::var(ROLE).ok()?;
        let folder = std::env::var(FOLDER).ok()?.into();
        let at = std::env::var(AT).ok()?.parse().ok()?;
        Some(Self { role, folder, at, address: std::env::var(ADDRESS).ok() })
    }

    /// The command of a child for this case.
    pub(crate) fn command(&self) -> Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--exact", "child", "--ignored", "--nocapture", "--quiet"]);
        command.env(ROLE, &self.role).env(FOLDER, &self.folder).env(AT, self.at.to_string());
        if let Some(address) = &self.address {
            command.env(ADDRESS, address);
        }
        Ok(command)
    }
}

/// Runs a child to its end; answers whether it was killed. Anything else than that, or success, is
/// an error.
pub(crate) fn run(case: &Case) -> Result<bool> {
    let output = case.command()?.stdin(Stdio::null()).output()?;
    if output.status.signal() == Some(KILL) {
        return Ok(true);
    }
    if output.status.success() {
        return Ok(false);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    bail!("the child ended with {}: {said}", output.status)
}

/// A folder for one case, in memory where the system has that: a kill leaves what was written to
/// files, on a disk or not.
pub(crate) fn folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.context("a folder")
}

/// A clock that moves when told to.
pub(crate) fn clock() -> ManualClock {
    ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).expect("in range"))
}

/// The server that tests may use, when there is one.
#[expect(clippy::disallowed_methods, reason = "a test reads which server it may use")]
pub(crate) fn postgres() -> Option<String> {
    let address = std::env::var("BELLHOP_TEST_POSTGRES").ok().filter(|text| !text.is_empty());
    if address.is_none() {
        assert!(std::env::var("CI").is_err(), "CI has to set BELLHOP_TEST_POSTGRES");
        eprintln!("Not run: set BELLHOP_TEST_POSTGRES to the address of a PostgreSQL database");
    }
    address
}

/// Runs `case` for the points 1, 2, 3 and so on until it said so many times that nobody came to the
/// point; answers the last one where somebody was killed. A case that fails does not keep the others
/// from being run.
pub(crate) fn every_point(spared: u64, case: impl Fn(u64) -> Result<bool> + Sync) -> u64 {
    let (next, last, left) = (AtomicU64::new(1), AtomicBool::new(false), AtomicU64::new(spared));
    let (count, failed) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let work = || {
        while !last.load(Ordering::SeqCst) {
            let at = next.fetch_add(1, Ordering::SeqCst);
            match case(at) {
                Ok(true) => drop(count.fetch_max(at, Ordering::SeqCst)),
                Ok(false) => {
                    last.fetch_or(left.fetch_sub(1, Ordering::SeqCst) <= 1, Ordering::SeqCst);
                }
                Err(error) => {
                    let mut failed = failed.lock().expect("no case panicked here");
                    failed.push(format!("point {at}: {error:#}"));
                    last.fetch_or(failed.len() >= FAILURES, Ordering::SeqCst);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().expect("no case panicked here");
    assert!(failed.is_empty(), "{} points failed: {failed:#?}", failed.len());
    count.into_inner()
}

/// Runs something that waits, in a thread of [`every_point`].
pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
