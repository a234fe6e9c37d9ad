//! `bellhop open`

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use bellhop_workstation::home::Home;
use secrecy::ExposeSecret;

use crate::args::{Format, Open};
use crate::{desktop, output, session};

/// Opens a window of the tray app, or the loopback port.
pub(crate) async fn run(home: &Home, format: Format, ask: Open) -> anyhow::Result<()> {
    if ask.print { port(home, format).await } else { window(home, &ask) }
}

/// Opens the loopback port, and prints where it is and the code for it.
async fn port(home: &Home, format: Format) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let port = session::reached(home, client.open_loopback().await)?;
    if output::for_programs(format, &port)? {
        return Ok(());
    }
    // What follows the number sign is not sent to anybody by a browser.
    output::line(format!("{}/#code={}", port.address, port.code.expose_secret()));
    output::progress(format!(
        "The code is good for {} seconds, and once. The port closes after 15 minutes without a call.",
        port.code_seconds
    ));
    Ok(())
}

/// Has the tray app open a window. It is started if it does not run; one that runs is told.
fn window(home: &Home, ask: &Open) -> anyhow::Result<()> {
    let word = match &ask.number {
        Some(number) => {
            let digits = number.strip_prefix("R-").filter(|digits| !digits.is_empty());
            if !digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
                bail!("{number:?} is no number of a request. They look like R-1042: bellhop list");
            }
            format!("bellhop://open/{number}")
        }
        None if ask.palette => "--palette".to_owned(),
        None => "--open".to_owned(),
    };
    let program = desktop::program()?;
    let mut command = Command::new(&program);
    if let Some(folder) = home.explicit() {
        command.env("BELLHOP_HOME", folder);
    }
    command.arg(word).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // It outlives this command, and the terminal.
    command.process_group(0).spawn().with_context(|| {
        format!(
            "{} does not run. Without a desktop, bellhop list and bellhop show tell the same",
            program.display()
        )
    })?;
    Ok(())
}
