//! A desktop session's keyring: the real GNOME Keyring on a bus of its own, and `secret-tool`, which
//! looks into it without us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::counterparties;
use crate::process::Process;

const LIMIT: Duration = Duration::from_secs(10);
const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";

/// A session bus that starts nothing by itself: whoever asks too early would have a second keyring
/// started, which is locked.
const BUS_CONFIG: &str = r#"<busconfig>
  <type>session</type>
  <listen>ADDRESS</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// See above. Its daemons end with it.
pub struct Keyring {
    // In the order in which they are ended.
    daemon: Option<Process>,
    _bus: Process,
    address: String,
    folder: PathBuf,
}

impl Keyring {
    /// Starts one that is unlocked and empty, in `folder`; `None` where there is no such program.
    pub fn start(folder: &Path) -> Result<Option<Self>> {
        if !counterparties::keyring()? {
            return Ok(None);
        }
        fs::create_dir_all(folder)?;
        let socket = folder.join("bus");
        let address = format!("unix:path={}", socket.display());
        fs::write(folder.join("bus.conf"), BUS_CONFIG.replace("ADDRESS", &address))?;
        let arguments = ["--config-file=bus.conf", "--nofork", "--nopidfile"].map(str::to_owned);
        let mut bus = Process::start(Path::new("dbus-daemon"), &arguments, folder)?;
        bus.until("the bus answers", LIMIT, || Ok(socket.exists().then_some(())))?;
        fs::write(folder.join("password"), "open sesame")?;
        let folder = folder.to_owned();
        let mut made = Self { daemon: None, _bus: bus, address, folder };
        made.unlock()?;
        Ok(Some(made))
    }

    /// What a program needs to find it.
    pub fn environment(&self) -> [(&'static str, &str); 1] {
        [(BUS, &self.address)]
    }

    /// Locks it, as the desktop does when its user is away for long.
    pub fn lock(&self) -> Result<()> {
        self.secret_tool(&["lock", "--collection=login"]).map(drop)
    }

    /// Unlocks it, as a new login does.
    pub fn unlock(&mut self) -> Result<()> {
        drop(self.daemon.take());
        let line = "exec gnome-keyring-daemon --foreground --unlock --components=secrets <password";
        let folder = self.folder.to_str().context("a path in UTF-8")?;
        let environment = [(BUS, self.address.as_str()), ("XDG_RUNTIME_DIR", folder)];
        let mut daemon = Process::start_with(
            Path::new("sh"),
            &["-c".to_owned(), line.to_owned()],
            &self.folder,
            &environment,
        )?;
        daemon.until("the keyring is open", LIMIT, || {
            let kept = self.secret_tool(&["store", "--label=probe", "probe", "probe"]);
            Ok(kept.is_ok().then_some(()))
        })?;
        self.daemon = Some(daemon);
        Ok(())
    }

    /// Every secret that Bellhop keeps there, with what is written beside it.
    pub fn of_bellhop(&self) -> Result<String> {
        self.secret_tool(&["search", "--all", "application", "bellhop"])
    }

    fn secret_tool(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("secret-tool");
        command.args(arguments).env(BUS, &self.address);
        // `store` reads the secret here.
        command.stdin(fs::File::open(self.folder.join("password"))?);
        let output = command.output().context("secret-tool")?;
        let told = String::from_utf8(output.stderr)?;
        // Finding nothing is 1, too, without a word.
        ensure!(output.status.success() || told.is_empty(), "secret-tool: {told}");
        Ok(String::from_utf8(output.stdout)? + &told)
    }
}
