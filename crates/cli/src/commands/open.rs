//! `bellhop open`

use bellhop_workstation::home::Home;
use secrecy::ExposeSecret;

use crate::args::{Format, Open};
use crate::{output, session};

/// Opens the loopback port, and prints where it is and the code for it.
pub(crate) async fn run(home: &Home, format: Format, ask: Open) -> anyhow::Result<()> {
    if !ask.print {
        anyhow::bail!(
            "there are no pages to open yet. For scripts, print the address and its code: \
             bellhop open --print"
        );
    }
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
