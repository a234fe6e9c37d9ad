//! `bellhop open`

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use bellhop_api::LoopbackPort;
use bellhop_workstation::home::Home;
use secrecy::ExposeSecret as _;

use crate::args::{Format, Open, Shown};
use crate::{desktop, output, session};

/// Opens a window of the tray app, or a page in a browser where there is no tray app.
pub(crate) async fn run(home: &Home, format: Format, ask: Open) -> anyhow::Result<()> {
    if !ask.print
        && !ask.browser
        && let Some(program) = desktop::found()?
    {
        return window(home, &program, &ask);
    }
    let client = session::client(home).await?;
    let port = session::reached(home, client.open_loopback().await)?;
    if ask.print && output::for_programs(format, &port)? {
        return Ok(());
    }
    let address = address(&port, &ask);
    if ask.print {
        output::line(&address);
    } else if !port.pages {
        bail!(
            "the backend that runs was built without its pages. make package builds them in, and so does \
             cargo build -p bellhop-cli --features pages after npm --prefix ui run build. bellhop status \
             and bellhop show tell the same; bellhop open --print is for scripts"
        );
    } else if in_browser(&address) {
        output::line(format!("Opening {} in your browser.", port.address));
        output::progress("If nothing opens, look for one with: bellhop open --print");
        return Ok(());
    } else {
        output::progress("There is no browser here. On this machine, open:");
        output::line(&address);
    }
    output::progress(format!(
        "The code is good for {} seconds, and once. The port closes after 15 minutes without a call.",
        port.code_seconds
    ));
    Ok(())
}

/// The address of a page. What follows the number sign is not sent to anybody by a browser.
fn address(port: &LoopbackPort, ask: &Open) -> String {
    let file = if ask.palette { "palette.html" } else { "" };
    let page = match &ask.what {
        None => String::new(),
        Some(Shown::Page(page)) => format!("&page=/{page}"),
        Some(Shown::Request(number)) => format!("&page=/requests/{number}"),
    };
    format!("{}/{file}#code={}{page}", port.address, port.code.expose_secret())
}

/// Whether there is a browser, and it was told.
fn in_browser(address: &str) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    // Without either xdg-open is there, too, often, and finds nothing.
    let possible =
        cfg!(target_os = "macos") || ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(set);
    possible && webbrowser::open(address).is_ok()
}

/// Has the tray app open a window. It is started if it does not run; one that runs is told.
fn window(home: &Home, program: &Path, ask: &Open) -> anyhow::Result<()> {
    let word = match &ask.what {
        Some(Shown::Request(number)) => format!("bellhop://open/{number}"),
        Some(Shown::Page(page)) => format!("bellhop://open/{page}"),
        None if ask.palette => "--palette".to_owned(),
        None => "--open".to_owned(),
    };
    let mut command = Command::new(program);
    if let Some(folder) = home.explicit() {
        command.env("BELLHOP_HOME", folder);
    }
    command.arg(word).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // It outlives this command, and the terminal.
    command.process_group(0).spawn().with_context(|| {
        format!("{} does not run. In a browser: bellhop open --browser", program.display())
    })?;
    Ok(())
}
