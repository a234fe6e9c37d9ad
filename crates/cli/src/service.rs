//! The backend as a service of this user, under systemd.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;

use crate::daemon;

/// What systemd calls it.
pub(crate) const UNIT: &str = "bellhop.service";

/// Where its unit file is.
pub(crate) fn unit_file() -> anyhow::Result<PathBuf> {
    let environment = Environment::read();
    let folder = environment.config_home.filter(|folder| folder.is_absolute());
    let folder = folder.or_else(|| Some(environment.home?.join(".config")));
    Ok(folder.context("HOME is not set")?.join("systemd/user").join(UNIT))
}

/// Whether the service of this home is installed.
pub(crate) fn is_installed(home: &Home) -> anyhow::Result<bool> {
    let path = unit_file()?;
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().any(|line| Some(line) == marker(home).as_deref())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).context(path.display().to_string()),
    }
}

/// The line that says whose backend the unit runs.
fn marker(home: &Home) -> Option<String> {
    Some(format!("# Home: {}", home.data_dir().to_str()?))
}

/// The unit's text.
pub(crate) fn unit(home: &Home) -> anyhow::Result<String> {
    let program = daemon::own_program()?;
    let mut start = argument(program.as_os_str())?;
    let mut folders = Vec::new();
    if let Some(folder) = home.explicit() {
        start = format!("{start} --home {}", argument(folder.as_os_str())?);
    } else {
        // systemd does not know what this shell says about them.
        let Environment { config_home, data_home, .. } = Environment::read();
        for (name, folder) in [("XDG_CONFIG_HOME", config_home), ("XDG_DATA_HOME", data_home)] {
            if let Some(folder) = folder {
                folders.push(format!("Environment={}\n", variable(name, folder.as_os_str())?));
            }
        }
    }
    let folders = folders.concat();
    let marker = marker(home).context("the folder of the data is not UTF-8")?;
    Ok(format!(
        "# Written by `bellhop service install`; taken away by `bellhop service remove`.\n\
         {marker}\n\
         [Unit]\n\
         Description=Bellhop: just-in-time access\n\
         \n\
         [Service]\n\
         {folders}ExecStart={start} serve --replaceable\n\
         # Also after it gave way to a newer version.\n\
         Restart=always\n\
         RestartSec=1\n\
         UMask=0077\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n"
    ))
}

/// A word of a command in a unit file, where systemd puts in variables, too.
fn argument(word: &OsStr) -> anyhow::Result<String> {
    Ok(quoted(word)?.replace('$', "$$"))
}

/// A variable in a unit file.
fn variable(name: &str, value: &OsStr) -> anyhow::Result<String> {
    let mut text = OsString::from(name);
    text.push("=");
    text.push(value);
    quoted(&text)
}

/// A text of a unit file: systemd reads quotes, backslashes and `%` in it.
fn quoted(text: &OsStr) -> anyhow::Result<String> {
    let text = text.to_str().with_context(|| format!("{} is not UTF-8", text.display()))?;
    if text.chars().any(char::is_control) {
        bail!("{text:?} cannot be written into a unit file");
    }
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    Ok(format!("\"{text}\""))
}

/// Starts the installed service.
pub(crate) fn start() -> anyhow::Result<()> {
    systemctl(&["start", UNIT])
}

/// Runs `systemctl --user`.
pub(crate) fn systemctl(words: &[&str]) -> anyhow::Result<()> {
    let ran = Command::new("systemctl").arg("--user").args(words).stdin(Stdio::null()).output();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
            "there is no systemd here. Without it commands start the backend when they need it; or \
             have your own service manager run: bellhop serve"
        ),
        Err(error) => return Err(error).context("systemctl"),
    };
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    bail!("systemctl --user {} failed: {}", words.join(" "), said.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_unit_is_what_it_was() {
        assert_eq!(argument(OsStr::new("/a b/100%")).expect("fits"), "\"/a b/100%%\"");
        assert_eq!(argument(OsStr::new("/$HOME\"")).expect("fits"), "\"/$$HOME\\\"\"");
        assert_eq!(variable("X", OsStr::new("/$a %b")).expect("fits"), "\"X=/$a %%b\"");
        argument(OsStr::new("/a\nExecStartPre=rm")).expect_err("two lines");
    }
}
