//! The real kubectl, as a user runs it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait;

const LIMIT: Duration = Duration::from_mins(1);
const INTERVAL: Duration = Duration::from_millis(2);

/// One kubectl with one `KUBECONFIG`.
#[derive(Clone, Debug)]
pub struct Kubectl {
    binary: PathBuf,
    env: Vec<(OsString, OsString)>,
}

/// How a run of kubectl ended.
#[derive(Debug)]
pub struct Output {
    /// The exit status.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
    /// How long it took, to about 2 ms.
    pub took: Duration,
}

impl Kubectl {
    /// A kubectl that sees this process's environment with `KUBECONFIG` set to `kubeconfig` (one
    /// path, or several as in `PATH`) and the variables of `env` put over it.
    ///
    /// Set `HOME` in `env`: kubectl keeps what it learns of a server under it, by address, and
    /// ports are used again.
    pub fn new(
        binary: impl Into<PathBuf>,
        kubeconfig: impl Into<OsString>,
        env: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        let mut all = vec![("KUBECONFIG".into(), kubeconfig.into())];
        all.extend(env);
        Self { binary: binary.into(), env: all }
    }

    /// Runs it to its end and reports how it ended. An error means that it did not run, or did
    /// not end within a minute.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Output> {
        let mut stdout = tempfile::tempfile()?;
        let mut stderr = tempfile::tempfile()?;
        let began = Instant::now();
        let child = Command::new(&self.binary)
            .args(args)
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?)
            .process_group(0)
            .spawn()
            .with_context(|| format!("could not run {}", self.binary.display()))?;
        let status = wait(child, began)?;
        let took = began.elapsed();
        Ok(Output { status, stdout: text(&mut stdout)?, stderr: text(&mut stderr)?, took })
    }

    /// Starts it and leaves it running: a session, such as a watch or an exec.
    pub fn open<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Session> {
        let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let child = Command::new(&self.binary)
            .args(args)
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?)
            .process_group(0)
            .spawn()
            .with_context(|| format!("could not run {}", self.binary.display()))?;
        Ok(Session { child, stdout, stderr })
    }

    /// Runs it and gives what it printed; fails with its complaint when it failed.
    pub fn get<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<String> {
        let output = self.run(args)?;
        ensure!(
            output.status.success(),
            "kubectl ended with {}: {}",
            output.status,
            output.stderr.trim()
        );
        Ok(output.stdout)
    }
}

/// A kubectl that goes on. It is ended on `Drop`.
#[derive(Debug)]
pub struct Session {
    child: Child,
    stdout: File,
    stderr: File,
}

impl Session {
    /// Types a line into it.
    pub fn say(&mut self, line: &str) -> Result<()> {
        let stdin = self.child.stdin.as_mut().context("the session's input is closed")?;
        writeln!(stdin, "{line}")?;
        Ok(stdin.flush()?)
    }

    /// Waits until it has printed `words`; fails when it has ended.
    pub fn shows(&mut self, words: &str) -> Result<()> {
        wait::until(&format!("kubectl shows {words:?}"), LIMIT, || {
            if text(&mut self.stdout)?.contains(words) {
                return Ok(Some(()));
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("kubectl ended with {status}: {}", text(&mut self.stderr)?.trim());
            }
            Ok(None)
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        kill_process_group(Pid::from_child(&self.child), Signal::KILL).ok();
        self.child.wait().ok();
    }
}

/// Waits for the end, and ends kubectl with its plugins when that takes too long.
fn wait(mut child: Child, began: Instant) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() >= LIMIT {
            kill_process_group(Pid::from_child(&child), Signal::KILL)?;
            child.wait()?;
            bail!("kubectl did not end within {} s", LIMIT.as_secs());
        }
        thread::sleep(INTERVAL);
    }
}

fn text(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
