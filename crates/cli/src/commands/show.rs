//! `bellhop show`

use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{output, session};

/// Shows one request.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Number) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let request = session::reached(home, client.request(&ask.number).await)?;
    if !output::for_programs(format, &request)? {
        output::request(&request, session::now());
    }
    Ok(())
}
