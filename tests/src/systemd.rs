//! A user's systemd of our own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::counterparties;
use crate::installation::{Ran, bellhop};
use crate::scratch::Scratch;

/// A machine with systemd and somebody who is logged in there. It ends with this value, and with
/// the program however that ends: the script waits for the end of its standard input.
pub struct Login {
    dir: PathBuf,
    script: Child,
    _scratch: Scratch,
}

impl Login {
    /// Logs in; `None` when there can be no systemd here, which was then said on stderr.
    pub fn new() -> Result<Option<Self>> {
        let Some(script) = counterparties::systemd()? else { return Ok(None) };
        let scratch = Scratch::new()?;
        let dir = scratch.path().to_owned();
        let mut script = Command::new(script)
            .arg(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("systemd.sh")?;
        let mut line = String::new();
        BufReader::new(script.stdout.take().context("it has one")?).read_line(&mut line)?;
        ensure!(line == "ready\n", "systemd did not start; why is above");
        let login = Self { dir, script, _scratch: scratch };
        fs::create_dir(login.data())?;
        Ok(Some(login))
    }

    /// `HOME`.
    pub fn home(&self) -> &Path {
        &self.dir
    }

    /// `XDG_DATA_HOME`, as the shell has it and systemd does not.
    pub fn data(&self) -> PathBuf {
        // Characters that a unit file takes for more than they are.
        self.dir.join("d %h $HOME \"x\"")
    }

    /// `XDG_CONFIG_HOME`.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config")
    }

    /// A command in the shell of whoever is logged in.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", &self.dir)
            .env("XDG_RUNTIME_DIR", self.dir.join("run"))
            .env("XDG_CONFIG_HOME", self.config())
            .env("XDG_DATA_HOME", self.data())
            .env_remove("BELLHOP_HOME")
            .env_remove("BELLHOP_NO_START")
            .env_remove("KUBECONFIG")
            .stdin(Stdio::null());
        command
    }

    /// Runs `bellhop` to its end.
    pub fn bellhop(&self, words: &[&str]) -> Result<Ran> {
        Ran::of(self.command(bellhop()?).args(words))
    }

    /// What systemd says about Bellhop's service, such as `MainPID`.
    pub fn shows(&self, property: &str) -> Result<String> {
        let mut command = self.command(Path::new("systemctl"));
        command.args(["--user", "show", "--value", "--property", property, "bellhop.service"]);
        Ok(Ran::of(&mut command)?.ok()?.stdout.trim().to_owned())
    }

    /// The socket of the backend.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("run/bellhop/api.sock")
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        // It says on stderr what went wrong, and nobody is left to tell.
        self.script.wait().ok();
    }
}
