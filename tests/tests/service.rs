//! The backend as a user's service under a real systemd.

use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::systemd::Login;
use bellhop_e2e::wait;

const LIMIT: Duration = Duration::from_secs(30);

/// The process that listens on the socket; none when nobody does.
fn listening(login: &Login) -> Option<String> {
    let stream = UnixStream::connect(login.socket()).ok()?;
    let peer = rustix::net::sockopt::socket_peercred(stream).ok()?;
    Some(peer.pid.as_raw_pid().to_string())
}

fn kill(process: &str) -> Result<()> {
    let process = rustix::process::Pid::from_raw(process.parse()?).context("not a process")?;
    Ok(rustix::process::kill_process(process, rustix::process::Signal::KILL)?)
}

#[test]
fn a_service_takes_over_comes_back_after_a_kill_and_leaves_no_unit() -> Result<()> {
    let Some(login) = Login::new()? else { return Ok(()) };
    let unit = login.config().join("systemd/user/bellhop.service");

    // A command has started a backend already: the service takes its place.
    login.bellhop(&["status"])?.ok()?;
    let first = listening(&login).context("a command starts a backend")?;
    let installed = login.bellhop(&["service", "install"])?.ok()?;
    ensure!(installed.stdout.contains("starts when you log in"), "{}", installed.stdout);
    let second = listening(&login).context("the service's backend listens")?;
    assert_eq!(second, login.shows("MainPID")?);
    assert_ne!(first, second);
    assert_eq!(login.shows("UnitFileState")?, "enabled");
    // It is the same Bellhop: in the folders that the shell names.
    ensure!(login.data().join("bellhop/bellhop.db").is_file(), "the data are where they were");
    ensure!(!login.home().join(".local").exists(), "and nowhere else");
    login.bellhop(&["status"])?.ok()?;

    kill(&second)?;
    wait::until("systemd starts it again", LIMIT, || {
        Ok(listening(&login).filter(|third| *third != second).map(|_| ()))
    })?;
    // Installing once more is no other service.
    login.bellhop(&["service", "install"])?.ok()?;
    assert_eq!(listening(&login), Some(login.shows("MainPID")?));

    let stopped = login.bellhop(&["service", "stop"])?.ok()?;
    ensure!(stopped.stdout.contains("The backend is stopped"), "{}", stopped.stdout);
    assert_eq!((listening(&login), login.shows("ActiveState")?), (None, "inactive".to_owned()));
    // The next command has the service started, and no backend beside it.
    login.bellhop(&["list"])?.ok()?;
    assert_eq!(listening(&login), Some(login.shows("MainPID")?));

    login.bellhop(&["service", "remove"])?.ok()?;
    ensure!(!unit.exists() && listening(&login).is_none(), "the unit and its backend are gone");
    assert_eq!(login.shows("LoadState")?, "not-found");
    let none = login.bellhop(&["service", "remove"])?.ok()?;
    ensure!(none.stdout.contains("No service is installed"), "{}", none.stdout);
    Ok(())
}

#[test]
fn an_uninstall_takes_the_service_along() -> Result<()> {
    let Some(login) = Login::new()? else { return Ok(()) };
    login.bellhop(&["service", "install"])?.ok()?;
    let gone = login.bellhop(&["uninstall", "--yes"])?.ok()?;
    ensure!(gone.stdout.contains("Bellhop is uninstalled"), "{}", gone.stdout);
    assert_eq!((listening(&login), login.shows("LoadState")?), (None, "not-found".to_owned()));
    for folder in [login.config().join("bellhop"), login.data().join("bellhop")] {
        ensure!(!folder.exists(), "{} is left", folder.display());
    }
    Ok(())
}

#[test]
fn without_a_systemd_nothing_is_written() -> Result<()> {
    let Some(login) = Login::new()? else { return Ok(()) };
    let mut command = login.command(bellhop_e2e::installation::bellhop()?);
    let nowhere = login.data().join("nowhere");
    command.env("XDG_RUNTIME_DIR", &nowhere).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    let refused = bellhop_e2e::installation::Ran::of(command.args(["service", "install"]))?;
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    ensure!(refused.stderr.contains("no service was installed"), "{}", refused.stderr);
    ensure!(!login.config().join("systemd").exists(), "nothing was written");
    Ok(())
}
