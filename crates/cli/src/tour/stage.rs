//! What the tour plays on: a sample cluster, a home and a kubeconfig of its own.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use bellhop_sample_cluster::{Options, SampleCluster};
use bellhop_workstation::home::Home;
use tempfile::TempDir;
use tokio::process::Command;

use super::walk;
use crate::{daemon, desktop, logs};

/// How much of the backend's log is shown when the walk does not come to its end.
const LINES: usize = 20;
/// How often the folder is removed while somebody still writes to it.
const TRIES: u32 = 100;
/// Pause between two of these tries.
const PAUSE: Duration = Duration::from_millis(50);

/// See above. It is gone when it is struck, or dropped.
pub(super) struct Stage {
    folder: TempDir,
    home: Home,
    path: OsString,
    cluster: SampleCluster,
}

impl Stage {
    /// Makes the folder, starts the cluster, and finds the kubectl to show.
    pub(super) async fn set(kubectl: Option<&Path>) -> anyhow::Result<Self> {
        let kubectl = match kubectl {
            Some(named) if !named.is_file() => {
                bail!("{} is no file. Name the kubectl to show: --kubectl FILE", named.display())
            }
            Some(named) => named.to_owned(),
            None => on_path("kubectl")?,
        };
        let folder = tempfile::Builder::new().prefix("bellhop-tour-").tempdir();
        let folder = folder.context("making a folder for the tour")?;
        let at = |name: &str| folder.path().join(name);
        let home = Home::resolve(Some(at("bellhop")))?;
        for made in ["bin", "home"] {
            std::fs::DirBuilder::new().mode(0o700).create(at(made))?;
        }
        home.prepare()?;
        symlink(daemon::own_program()?, at("bin/bellhop"))?;
        symlink(std::path::absolute(kubectl)?, at("bin/kubectl"))?;
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(at("bin")).chain(std::env::split_paths(&paths));
        let path = std::env::join_paths(paths)?;
        let cluster = SampleCluster::start(Options {
            name: walk::ADMIN_CONTEXT.to_owned(),
            ..Options::default()
        });
        let cluster = cluster.await?;
        std::fs::write(at("kubeconfig"), cluster.kubeconfig())?;
        std::fs::write(home.config_dir().join("bellhop.toml"), walk::configuration()?)?;
        Ok(Self { folder, home, path, cluster })
    }

    /// A command on this stage, where nothing leads to the files of whoever watches.
    pub(super) fn command(&self, program: &str, words: &[String]) -> Command {
        let at = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(at("bin").join(program));
        if !matches!(program, "bellhop" | "kubectl") {
            command = Command::new(program);
        }
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        for name in ["BELLHOP_DATABASE", "BELLHOP_LOG", "BELLHOP_NO_START"] {
            command.env_remove(name);
        }
        command.env("HOME", at("home")).env("PATH", &self.path);
        command.env("KUBECONFIG", at("kubeconfig")).env("BELLHOP_HOME", at("bellhop"));
        command.current_dir(self.folder.path()).kill_on_drop(true).args(words);
        command
    }

    /// The tray app on this stage. It needs the user's session: its display and its bus.
    pub(super) fn desktop(&self) -> anyhow::Result<Command> {
        let at = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(desktop::program()?);
        command.arg("--palette").env("PATH", &self.path).env("KUBECONFIG", at("kubeconfig"));
        command.env("BELLHOP_HOME", at("bellhop")).current_dir(self.folder.path());
        // What a web view keeps is of the tour, too.
        command.env("XDG_DATA_HOME", at("home/data")).env("XDG_CACHE_HOME", at("home/cache"));
        command.kill_on_drop(true);
        Ok(command)
    }

    /// The end of the backend's log, which goes with the folder.
    pub(super) fn log(&self) -> anyhow::Result<VecDeque<String>> {
        logs::last_lines(&logs::files(&self.home)?, LINES)
    }

    /// Takes everything away: the backend first, as it would look for its cluster.
    pub(super) async fn strike(self) -> anyhow::Result<()> {
        let stopped = daemon::stop(&self.home).await;
        self.cluster.shutdown().await;
        let removed = remove(&self.folder.keep()).await.context("removing the tour's folder");
        stopped.map(|_| ()).and(removed)
    }
}

/// Removes a folder. The web view's own processes outlive the app for a moment, and write meanwhile.
async fn remove(folder: &Path) -> std::io::Result<()> {
    for _ in 0..TRIES {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            removed => return removed,
        }
    }
    std::fs::remove_dir_all(folder)
}

fn on_path(program: &str) -> anyhow::Result<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&paths).map(|folder| folder.join(program));
    let found = found.find(|file| file.is_file());
    let Some(found) = found else {
        bail!(
            "there is no {program} on your PATH, and the tour shows yours at work. Install it (Debian \
             and Ubuntu: apt install kubernetes-client), or name one with --{program} FILE"
        )
    };
    Ok(found)
}
