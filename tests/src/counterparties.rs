//! The programs that we did not write, fetched by the scripts in `counterparties/`.
//!
//! On a developer's machine a counterparty that cannot be had is said in one line and its tests
//! do nothing; with `CI` set it is an error, so that a green CI has run everything.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail, ensure};

/// The folder with kube-apiserver, kube-controller-manager and etcd; `None` when they cannot be
/// had here, which was then said on stderr. The first call may build them (minutes, once).
pub fn assets() -> Result<Option<PathBuf>> {
    static ASSETS: Built = OnceLock::new();
    built(&ASSETS, "kube.sh", "a Kubernetes API server")
}

/// A kubelet without containers, for `kubectl exec`; `None` as in [`assets`]. The first call may
/// build it (half a minute, once).
pub fn kubelet() -> Result<Option<PathBuf>> {
    static KUBELET: Built = OnceLock::new();
    built(&KUBELET, "kubelet.sh", "a kubelet")
}

/// The script that runs a user's systemd; `None` as in [`assets`].
pub fn systemd() -> Result<Option<PathBuf>> {
    static SYSTEMD: Built = OnceLock::new();
    let found = SYSTEMD.get_or_init(|| {
        let able = script("systemd.sh", &["--check"]).map_err(|error| format!("{error:#}"));
        able.map(|_| folder().join("systemd.sh"))
    });
    usable(found, "systemd")
}

/// Whether there is what [`crate::keyring::Keyring`] runs.
pub fn keyring() -> Result<bool> {
    static KEYRING: Built = OnceLock::new();
    let found = KEYRING.get_or_init(|| {
        let there =
            |name: &str| Command::new("which").arg(name).output().is_ok_and(|o| o.status.success());
        let needed = ["dbus-daemon", "gnome-keyring-daemon", "secret-tool"];
        match needed.into_iter().find(|name| !there(name)) {
            None => Ok(PathBuf::new()),
            Some(missing) => Err(format!("{missing} is not installed")),
        }
    });
    Ok(usable(found, "a keyring")?.is_some())
}

type Built = OnceLock<std::result::Result<PathBuf, String>>;

fn built(once: &Built, name: &str, what: &str) -> Result<Option<PathBuf>> {
    let found = once.get_or_init(|| {
        let found = script(name, &[]).map_err(|error| format!("{error:#}"));
        found.map(|line| PathBuf::from(line.trim()))
    });
    usable(found, what)
}

fn usable(found: &std::result::Result<PathBuf, String>, what: &str) -> Result<Option<PathBuf>> {
    match found {
        Ok(path) => Ok(Some(path.clone())),
        Err(error) if in_ci() => bail!("there is not {what}: {error}"),
        Err(error) => {
            // Not eprintln: libtest would hide the line of a test that passes.
            writeln!(io::stderr(), "Not run: what needs {what} ({error})").ok();
            Ok(None)
        }
    }
}

/// A usable kubectl: the installed one, else a fetched one.
pub fn kubectl() -> Result<PathBuf> {
    static KUBECTL: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    let found = KUBECTL.get_or_init(|| {
        let found = script("kubectl.sh", &["--ensure"]).map(|line| PathBuf::from(line.trim()));
        found.map_err(|error| format!("{error:#}"))
    });
    found.clone().map_err(anyhow::Error::msg)
}

/// A kubectl to test with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKubectl {
    /// What it calls itself, such as `v1.20.2`.
    pub version: String,
    /// The binary.
    pub path: PathBuf,
}

/// Every kubectl to test with: the installed one and Debian's, old and new.
pub fn kubectls() -> Result<Vec<NamedKubectl>> {
    let lines = script("kubectl.sh", &[])?;
    let named = lines.lines().map(|line| {
        let (version, path) = line.split_once(' ').context("kubectl.sh: VERSION PATH")?;
        Ok(NamedKubectl { version: version.to_owned(), path: path.into() })
    });
    named.collect()
}

/// Runs a script of `counterparties/` and gives what it printed; what it says goes to stderr.
fn script(name: &str, args: &[&str]) -> Result<String> {
    let path = folder().join(name);
    let output = Command::new(&path)
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not run {}", path.display()))?;
    ensure!(output.status.success(), "{name} ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// The folder of the scripts and manifests.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("counterparties")
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
