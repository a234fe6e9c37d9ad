//! A session bus of a test's own: it starts nothing by itself, and ends with the test.

use std::env;
use std::fs;
use std::future::Future;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use zbus::fdo::DBusProxy;

/// Says to the test that it has its bus.
const INSIDE: &str = "BELLHOP_TEST_OWN_BUS";

/// A story takes a moment; what does not come by then never will.
const PATIENCE: Duration = Duration::from_secs(20);

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Runs the test `name` once more, in a process whose session bus is a new one. What finds the bus
/// by the environment (notify-rust does) cannot be told otherwise.
pub(crate) fn on_a_bus(name: &str, story: impl Future<Output = ()>) {
    if env::var_os(INSIDE).is_some() {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
        let story = async { tokio::time::timeout(PATIENCE, story).await };
        return runtime.block_on(story).expect("what the test waits for did not come");
    }
    let Some(bus) = Bus::start() else {
        assert!(env::var_os("CI").is_none(), "there is no dbus-daemon: install dbus-daemon");
        writeln!(std::io::stderr(), "Not run: {name}, which needs dbus-daemon").expect("stderr");
        return;
    };
    let this = env::current_exe().expect("this program");
    let output = Command::new(this)
        .args(["--exact", name, "--nocapture"])
        .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
        .env(INSIDE, "1")
        .output()
        .expect("this program again");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the test failed on its bus: {said}");
}

struct Bus {
    daemon: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Bus {
    /// None where there is no such program.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("bus.conf");
        fs::write(&file, CONFIGURATION).expect("a configuration");
        let daemon = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(&file)
            .args(["--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It complains of limits that it does not need.
            .stderr(Stdio::null())
            .spawn();
        let mut daemon = match daemon {
            Ok(daemon) => daemon,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => panic!("dbus-daemon: {error}"),
        };
        let mut address = String::new();
        let said = daemon.stdout.take().expect("its output");
        BufReader::new(said).read_line(&mut address).expect("an address");
        assert!(!address.is_empty(), "dbus-daemon did not start");
        Some(Self { daemon, address: address.trim().to_owned(), _folder: folder })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().expect("it ran");
        self.daemon.wait().expect("it ended");
    }
}

/// All connections to the bus but the one that asks.
pub(crate) async fn everybody(bus: &zbus::Connection) -> Vec<String> {
    let me = bus.unique_name().expect("a name").to_string();
    let names = DBusProxy::new(bus).await.expect("the bus").list_names().await.expect("names");
    let names = names.iter().map(ToString::to_string);
    names.filter(|name| name.starts_with(':') && *name != me).collect()
}

/// What this connection sent is at its receivers: the bus answers in order.
pub(crate) async fn settled(bus: &zbus::Connection) {
    DBusProxy::new(bus).await.expect("the bus").get_id().await.expect("an answer");
}
