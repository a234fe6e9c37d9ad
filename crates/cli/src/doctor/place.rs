//! The program, its folders and its configuration.

use std::path::Path;

use bellhop_domain::CredentialPlace;
use bellhop_server::config::{self, Config, ConfigError};
use bellhop_workstation::home::Home;
use bellhop_workstation::{keyring, settings};

use super::Finding;
use crate::daemon;

/// With less room than this the store cannot be written to for long.
const LEAST_ROOM: u64 = 200 * 1024 * 1024;

/// Beside what the files define there are the integrations `made_by_hand`.
pub(super) fn look(home: &Home, made_by_hand: &[String]) -> Vec<Finding> {
    let mut found = vec![program()];
    found.extend(folders(home));
    let read = config::read(home.config_dir(), made_by_hand);
    found.push(configuration(home, &read));
    found.extend(read.ok().as_ref().and_then(credentials));
    found.push(settings(home));
    found.extend(room(home.data_dir()));
    found
}

fn program() -> Finding {
    let own = match daemon::own_program() {
        Ok(own) => own,
        Err(error) => return Finding::bad("program", error.to_string(), "Start it by its path"),
    };
    let what = format!("bellhop {} ({})", bellhop_api::version(), own.display());
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut typed = std::env::split_paths(&paths).map(|folder| folder.join("bellhop"));
    let same = |one: &Path| std::fs::canonicalize(one).ok() == std::fs::canonicalize(&own).ok();
    match typed.find(|file| file.is_file()) {
        Some(other) if !same(&other) => Finding::note(
            "program",
            what,
            format!("Typing bellhop starts another one: {}", other.display()),
        ),
        Some(_) => Finding::good("program", what),
        None => Finding::note(
            "program",
            what,
            "It is not on your PATH: put its folder there, and bellhop is enough to type",
        ),
    }
}

fn folders(home: &Home) -> Vec<Finding> {
    match home.check() {
        Ok(()) => vec![Finding::good("folders", home.data_dir().display().to_string())],
        Err(error) => vec![Finding::bad("folders", error.to_string(), "")],
    }
}

fn configuration(home: &Home, read: &Result<Config, ConfigError>) -> Finding {
    let folder = home.config_dir().display();
    match read {
        Ok(read) if read.flows.is_empty() => Finding::note(
            "flows",
            format!("there is no flow in {folder}: only what was applied from elsewhere counts"),
            "See it with `bellhop export`; write one there, or elsewhere and `bellhop apply DIR`",
        ),
        Ok(read) => {
            let flows = counted(read.flows.len(), "flow");
            let integrations = counted(read.integrations.len(), "integration");
            Finding::good("flows", format!("{flows} and {integrations} in {folder}"))
        }
        Err(error) => Finding::bad("flows", error.to_string(), "Correct it, then: bellhop apply"),
    }
}

/// Whether the keyring works, where an integration's credential is to be kept there.
fn credentials(read: &Config) -> Option<Finding> {
    let mut all = read.integrations.values();
    let first = all.find(|one| one.credential == CredentialPlace::Keyring)?;
    Some(match keyring::try_out() {
        Ok(()) => Finding::good("keyring", "it keeps what Bellhop puts there"),
        Err(error) => Finding::bad(
            "keyring",
            error.to_string(),
            format!("Bellhop's own credential of {} is kept there", first.name),
        ),
    })
}

fn settings(home: &Home) -> Finding {
    let found = settings::read(home);
    let path = home.settings_file();
    if let Some(error) = found.trouble {
        return Finding::bad("settings", error.to_string(), "");
    }
    if !found.unknown.is_empty() {
        let what = format!("{} says what this version does not know", path.display());
        return Finding::note("settings", what, format!("Not used: {}", found.unknown.join(", ")));
    }
    let usual = "the usual ones".to_owned();
    Finding::good("settings", if path.exists() { path.display().to_string() } else { usual })
}

pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn room(folder: &Path) -> Option<Finding> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let (place, megabytes) = (folder.display(), free / 1024 / 1024);
    Some(if free < LEAST_ROOM {
        Finding::bad(
            "disk",
            format!("{megabytes} MB are free for {place}"),
            "Make room: with a full disk nothing can be granted or taken away",
        )
    } else {
        Finding::good("disk", format!("{megabytes} MB are free for {place}"))
    })
}
