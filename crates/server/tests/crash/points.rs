//! Crash points: a child process counts them and ends itself at the one that it was told, by a
//! SIGKILL, after which nothing of it runs any more.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use rustix::process::{Signal, getpid, kill_process};

struct Armed {
    at: u64,
    passed: Mutex<Passed>,
}

struct Passed {
    count: u64,
    log: File,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// This process ends at point number `at`, counted from 1, and notes each point in `log` before.
pub(crate) fn arm(at: u64, log: &Path) {
    let log = OpenOptions::new().create(true).append(true).open(log).expect("a log");
    let passed = Mutex::new(Passed { count: 0, log });
    ARMED.set(Armed { at, passed }).ok().expect("armed once");
    bellhop_store::testing::at_every_point(reached);
}

/// The process may end here. Where nothing is armed, as in the test itself, it does not.
pub(crate) fn reached(name: &str) {
    let Some(armed) = ARMED.get() else { return };
    // Held across the kill, so that no other thread gets past a point of its own meanwhile.
    let mut passed = armed.passed.lock().expect("no thread panicked here");
    passed.count += 1;
    writeln!(passed.log, "{name}").expect("noted");
    if passed.count == armed.at {
        kill_process(getpid(), Signal::KILL).expect("may end itself");
        loop {
            std::thread::park();
        }
    }
}

/// What was noted of the points that a child passed.
pub(crate) fn passed(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
