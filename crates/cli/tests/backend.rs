//! Commands find a backend, start one, or replace one that is older.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use bellhop_api::Client;
use bellhop_server::{Backend, Options, Place};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A home, whose backend is stopped with it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("bh").tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn bellhop(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellhop"));
        command.arg("--home").arg(self.path()).args(words).stdin(Stdio::null());
        command.env_remove("BELLHOP_NO_START").output().expect("runs")
    }

    fn no_start(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellhop"));
        command.arg("--home").arg(self.path()).args(words).stdin(Stdio::null());
        command.env("BELLHOP_NO_START", "1").output().expect("runs")
    }

    /// The process that listens.
    fn backend(&self) -> Option<i32> {
        let stream = std::os::unix::net::UnixStream::connect(self.path().join("run/api.sock"));
        rustix::net::sockopt::socket_peercred(stream.ok()?).ok().map(|cred| cred.pid.as_raw_pid())
    }

    /// A backend of another version, in this process.
    async fn older(&self, replaceable: bool) -> JoinHandle<anyhow::Result<()>> {
        let at = |name: &str| self.path().join(name);
        for folder in ["run", "data", "config"] {
            std::fs::DirBuilder::new().mode(0o700).create(at(folder)).expect("made");
        }
        let options = Options {
            store: Place::File(at("data/bellhop.db")),
            config: at("config"),
            credentials: at("data/credentials"),
            keyring: None,
            lock: at("run/backend.lock"),
            socket: at("run/api.sock"),
            version: "0.0.1".parse().expect("a version"),
            replaceable,
            workstation: None,
            pages: |_| None,
        };
        let backend = Backend::start(&options).await.expect("starts");
        tokio::spawn(async move { backend.run(CancellationToken::new()).await.map(drop) })
    }

    async fn version(&self) -> String {
        let client = Client::on_socket(&self.path().join("run/api.sock")).expect("a client");
        client.hello().await.expect("answers").version
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.no_start(&["service", "stop"]);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_first_command_starts_a_backend_that_outlives_it() {
    let home = Home::new();
    let refused = home.no_start(&["list"]);
    assert_eq!(refused.status.code(), Some(5), "{}", text(&refused.stderr));
    assert!(home.bellhop(&["list"]).status.success());
    let started = home.backend().expect("it listens");
    assert!(home.bellhop(&["list"]).status.success());
    assert_eq!(home.backend(), Some(started), "the same one answers");
    let log = home.bellhop(&["logs"]);
    assert!(text(&log.stdout).contains("ready"), "{}", text(&log.stdout));
    assert!(home.bellhop(&["service", "stop"]).status.success());
    assert_eq!(home.backend(), None);
}

#[test]
fn of_commands_that_come_together_one_starts_a_backend_and_all_are_answered() {
    let home = Home::new();
    let all: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..6).map(|_| scope.spawn(|| home.bellhop(&["list"]))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for one in all {
        assert!(one.status.success(), "{}", text(&one.stderr));
    }
}

#[test]
fn a_backend_that_does_not_start_says_why() {
    let home = Home::new();
    std::fs::DirBuilder::new().mode(0o700).create(home.path().join("data")).expect("made");
    std::fs::write(home.path().join("data/bellhop.db"), "this is no database").expect("written");
    let failed = home.bellhop(&["list"]);
    let said = text(&failed.stderr);
    assert!(!failed.status.success());
    assert!(said.contains("does not start") && said.contains("bellhop.db"), "{said}");
}

#[test]
fn where_the_store_is_a_database_no_command_starts_one_on_a_file() {
    let home = Home::new();
    assert!(home.bellhop(&["list"]).status.success());
    assert!(home.bellhop(&["service", "stop"]).status.success());
    std::fs::write(home.path().join("data/store-is-elsewhere"), "").expect("written");
    let refused = home.bellhop(&["list"]);
    assert!(text(&refused.stderr).contains("BELLHOP_DATABASE"), "{}", text(&refused.stderr));
    assert_eq!(home.backend(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_backend_is_replaced() {
    let home = Home::new();
    let older = home.older(true).await;
    let list = home.bellhop(&["list"]);
    assert!(list.status.success(), "{}", text(&list.stderr));
    assert!(text(&list.stderr).contains("replacing an older backend"), "{}", text(&list.stderr));
    older.await.expect("ended").expect("well");
    assert_eq!(home.version().await, env!("CARGO_PKG_VERSION"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_somebody_started_by_hand_stays_and_that_is_said() {
    let home = Home::new();
    let older = home.older(false).await;
    let list = home.bellhop(&["list"]);
    assert!(list.status.success(), "{}", text(&list.stderr));
    assert!(text(&list.stderr).contains("still version 0.0.1"), "{}", text(&list.stderr));
    assert_eq!(home.version().await, "0.0.1");
    older.abort();
    older.await.expect_err("cut off");
}

#[test]
fn an_uninstall_in_the_usual_folders_leaves_no_file() {
    let home = Home::new();
    let bellhop = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellhop"));
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "BELLHOP_NO_START"] {
            command.env_remove(name);
        }
        command.env("HOME", home.path()).args(words).stdin(Stdio::null()).output().expect("runs")
    };
    // Without a runtime folder of the system, the socket is inside of the data folder.
    assert!(bellhop(&["list"]).status.success());
    assert!(home.path().join(".local/share/bellhop/run/api.sock").exists());
    let done = bellhop(&["uninstall", "--yes"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    for folder in [".config/bellhop", ".local/share/bellhop"] {
        assert!(!home.path().join(folder).exists(), "{folder}");
    }
}
