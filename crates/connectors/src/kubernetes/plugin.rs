//! Runs a kubeconfig's exec plugin: without a terminal, with the `PATH` of the shell that
//! connected, and with an error of its own for everything that usually goes wrong.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use chrono::{DateTime, Utc};
use kube::config::{ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;

use super::answer::clip;
use crate::Fault;

/// How long a plugin may take. It may have to reach its cloud.
const LIMIT: Duration = Duration::from_secs(30);

/// A plugin, and what it needs to know.
pub(super) struct Plugin<'a> {
    /// Integration and context: every message starts with it.
    pub(super) who: String,
    pub(super) exec: &'a ExecConfig,
    /// `PATH` of the shell that connected.
    pub(super) path: Option<&'a str>,
    /// Handed to the plugin when the kubeconfig says `provideClusterInfo`.
    pub(super) cluster: Value,
}

/// What a plugin gives.
pub(super) struct Given {
    pub(super) token: Option<SecretString>,
    /// Certificate and key, in PEM.
    pub(super) certificate: Option<(String, SecretString)>,
    pub(super) expires: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<DateTime<Utc>>,
    token: Option<SecretString>,
    client_certificate_data: Option<String>,
    client_key_data: Option<SecretString>,
}

/// Whether it tells the backend something, which may be a secret: the database's address holds a
/// password. No plugin has to know it.
fn is_ours(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"BELLHOP_")
}

/// The program behind a plugin's command, as a shell with this `PATH` finds it.
pub(super) fn found(command: &str, path: Option<&str>) -> Option<PathBuf> {
    if command.contains('/') {
        return Some(PathBuf::from(command)).filter(|path| is_program(path));
    }
    std::env::split_paths(path.unwrap_or_default())
        .map(|folder| folder.join(command))
        .find(|candidate| !command.is_empty() && is_program(candidate))
}

impl Plugin<'_> {
    /// Runs it once. The answer is good at `now`.
    pub(super) async fn run(&self, now: DateTime<Utc>) -> Result<Given, Fault> {
        let command = self.exec.command.as_deref().unwrap_or_default();
        if self.exec.interactive_mode == Some(ExecInteractiveMode::Always) {
            return Err(self.cannot(&format!(
                "its sign-in plugin \"{command}\" always needs a terminal (interactiveMode: Always), and Bellhop \
                 has none. Use a context with a token or a client certificate, or one whose plugin can run by \
                 itself once you have signed in"
            )));
        }
        let program = self.find(command)?;
        let output = self.output(&program).await?;
        let given: Credential = serde_json::from_slice(&output).map_err(|error| {
            // The output may hold a secret, so it is not shown.
            self.cannot(&format!(
                "its sign-in plugin \"{command}\" wrote something that is no ExecCredential in JSON ({error}). \
                 Run it by hand and see"
            ))
        })?;
        self.usable(given.status, now)
    }

    fn find(&self, command: &str) -> Result<PathBuf, Fault> {
        if let Some(program) = found(command, self.path) {
            return Ok(program);
        }
        if command.contains('/') {
            return Err(self.not_found(command, "at that path"));
        }
        let path = self.path.unwrap_or_default();
        Err(self.not_found(command, &format!("on the PATH \"{path}\"")))
    }

    fn not_found(&self, command: &str, where_: &str) -> Fault {
        let hint = self.exec.install_hint.as_deref().map(clip);
        let hint = hint.map(|text| format!(" Its makers say: {}", text.trim())).unwrap_or_default();
        self.cannot(&format!(
            "its sign-in plugin \"{command}\" was not found {where_}. Install it, or connect again from a shell \
             that finds it (`command -v {command}`): the PATH of that shell is kept.{hint}"
        ))
    }

    async fn output(&self, program: &Path) -> Result<Vec<u8>, Fault> {
        let shown = program.display();
        let mut command = Command::new(program);
        command.args(self.exec.args.iter().flatten());
        for name in std::env::vars_os().map(|(name, _)| name).filter(|name| is_ours(name)) {
            command.env_remove(name);
        }
        if let Some(path) = self.path {
            command.env("PATH", path);
        }
        for pair in self.exec.env.iter().flatten() {
            if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
                command.env(name, value);
            }
        }
        command.env("KUBERNETES_EXEC_INFO", self.info());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let running = tokio::time::timeout(LIMIT, command.output()).await;
        let done = running.map_err(|_elapsed| {
            self.cannot(&format!(
                "its sign-in plugin {shown} did not finish within {} s. It may be waiting for a browser or a \
                 terminal: run any kubectl command with this context first, then try again",
                LIMIT.as_secs()
            ))
        })?;
        let done = done.map_err(|error| {
            self.cannot(&format!("its sign-in plugin {shown} could not be started: {error}"))
        })?;
        if done.status.success() {
            return Ok(done.stdout);
        }
        let said = last_lines(&done.stderr);
        Err(self.cannot(&format!(
            "its sign-in plugin {shown} failed ({}): {said}. Sign in with it in a terminal (any kubectl command \
             with this context does), then try again",
            done.status
        )))
    }

    fn info(&self) -> String {
        let mut spec = json!({ "interactive": false });
        if let (true, Some(spec)) = (self.exec.provide_cluster_info, spec.as_object_mut()) {
            spec.insert("cluster".to_owned(), self.cluster.clone());
        }
        json!({ "apiVersion": self.exec.api_version, "kind": "ExecCredential", "spec": spec })
            .to_string()
    }

    fn usable(&self, status: Option<Status>, now: DateTime<Utc>) -> Result<Given, Fault> {
        let command = self.exec.command.as_deref().unwrap_or_default();
        let status = status.ok_or_else(|| {
            self.cannot(&format!(
                "its sign-in plugin \"{command}\" gave no credential. Run it by hand and see"
            ))
        })?;
        if let Some(end) = status.expiration_timestamp.filter(|end| *end <= now) {
            return Err(self.cannot(&format!(
                "its sign-in plugin \"{command}\" gave a credential that ended at {}. Sign in again, or check \
                 this machine's clock (it says {})",
                end.format("%F %T UTC"),
                now.format("%F %T UTC")
            )));
        }
        let certificate = status.client_certificate_data.zip(status.client_key_data);
        if status.token.is_none() && certificate.is_none() {
            return Err(self.cannot(&format!(
                "its sign-in plugin \"{command}\" gave neither a token nor a certificate with its key"
            )));
        }
        Ok(Given { token: status.token, certificate, expires: status.expiration_timestamp })
    }

    fn cannot(&self, why: &str) -> Fault {
        Fault::NotAllowed(format!("{}: {why}", self.who))
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The end of what a plugin wrote, where the reason usually is.
fn last_lines(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join(" | ");
    if last.is_empty() { "it wrote no reason".to_owned() } else { clip(&last) }
}
