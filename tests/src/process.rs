//! Child processes that never outlive this one.
//!
//! A test run may end in three ways, and the servers must be gone after each:
//!
//! 1. *The owner is dropped.* `Drop` ends the process.
//! 2. *The program ends while a `static` owns the process*, so that no `Drop` runs.
//! 3. *The program is killed*, even with SIGKILL.
//!
//! For 2 and 3 the kernel is asked to kill the child when its parent dies (`setpriv --pdeathsig`,
//! of util-linux, as the lints allow no `unsafe` and so no `pre_exec`). Two traps come with it:
//!
//! - "Parent" means the *thread* that started the child, and libtest gives every test a thread
//!   of its own. So all children are started by one thread, the nursery, which lives as long as
//!   the program: it only waits for orders, and the sender of those is a `static`.
//! - The program may die before `setpriv` has asked. So once that is done, a line of shell checks
//!   that the parent is still this program, before it turns into the server.
//!
//! Children are also in a process group of their own: Ctrl-C reaches this program alone, which
//! then stops them in the right order. Where there is no `setpriv` (macOS), only 1 holds.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::wait;

/// A server that runs in the background and writes to a log file.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program`. Its folder is `dir`, and its output goes to the end of `dir/NAME.log`.
    pub fn start(program: &Path, args: &[String], dir: &Path) -> Result<Self> {
        Self::start_with(program, args, dir, &[])
    }

    /// The same with environment variables of its own.
    pub fn start_with(
        program: &Path,
        args: &[String],
        dir: &Path,
        env: &[(&str, &str)],
    ) -> Result<Self> {
        let name =
            program.file_name().context("a program has a name")?.to_string_lossy().into_owned();
        let log = dir.join(format!("{name}.log"));
        let output = OpenOptions::new().create(true).append(true).open(&log)?;
        let mut command = mortal(program);
        command
            .args(args)
            .current_dir(dir)
            .env_clear()
            .env("HOME", dir)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0);
        let child = bear(command).with_context(|| format!("could not start {name}"))?;
        Ok(Self { name, child, log })
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails, with the end of the log, when the process has ended.
    pub fn check(&mut self) -> Result<()> {
        self.runs().map_err(|error| self.with_tail(&error))
    }

    /// Waits as [`wait::until`] does, and fails early when the process ends.
    pub fn until<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut ask: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        wait::until(what, limit, || {
            self.runs()?;
            ask()
        })
        .map_err(|error| self.with_tail(&error))
    }

    /// Asks the process to end, waits, and kills it when it has not ended within the limit.
    /// Says whether it ended by itself.
    pub fn stop(&mut self, limit: Duration) -> Result<bool> {
        if self.child.try_wait()?.is_some() {
            return Ok(true);
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let ended = wait::until(&self.name, limit, || Ok(self.child.try_wait()?)).is_ok();
        if !ended {
            self.kill()?;
        }
        Ok(ended)
    }

    /// Ends the process at once, as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} ended with {status}", self.name),
            None => Ok(()),
        }
    }

    fn with_tail(&self, error: &Error) -> Error {
        const LINES: usize = 15;
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(LINES)..);
        let tail = tail.unwrap_or_default().join("\n");
        anyhow!("{error:#}; the last lines of {}:\n{tail}", self.log.display())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nobody is left to tell, and the only failure is that it is gone already.
        self.kill().ok();
    }
}

/// The command lines of running processes that name a path under `dir`. The servers of a cluster
/// all do, whoever started them.
pub fn naming(dir: &Path) -> Result<Vec<String>> {
    let dir = dir.to_string_lossy();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        // A process that ends while we look is not there, and one that has ended has no line.
        let line = fs::read(entry?.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(&*dir) {
            found.push(line);
        }
    }
    Ok(found)
}

/// A command for `program` that the kernel kills when the nursery's thread dies.
fn mortal(program: &Path) -> Command {
    static HAS_SETPRIV: LazyLock<bool> = LazyLock::new(|| {
        let answer = Command::new("setpriv")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        cfg!(target_os = "linux") && answer.is_ok_and(|status| status.success())
    });
    if !*HAS_SETPRIV {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "sh", "-c"])
        .arg(r#"test "$PPID" = "$0" && exec "$@""#)
        .arg(std::process::id().to_string())
        .arg(program);
    command
}

struct Birth {
    command: Command,
    answer: mpsc::Sender<io::Result<Child>>,
}

/// Starts the command from the nursery.
fn bear(command: Command) -> Result<Child> {
    static NURSERY: LazyLock<mpsc::Sender<Birth>> = LazyLock::new(|| {
        let (orders, births) = mpsc::channel::<Birth>();
        thread::spawn(move || {
            for mut birth in births {
                // Whoever asked waits for the answer, so it arrives.
                birth.answer.send(birth.command.spawn()).ok();
            }
        });
        orders
    });
    let (answer, child) = mpsc::channel();
    NURSERY.send(Birth { command, answer }).ok().context("the nursery's thread is gone")?;
    Ok(child.recv()??)
}
