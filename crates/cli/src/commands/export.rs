//! `bellhop audit export`

use std::io;

use bellhop_api::ExportQuery;
use bellhop_workstation::home::Home;

use crate::{output, session};

/// Prints the log as it comes, whatever its length: no more than a part of it is in memory.
pub(crate) async fn run(home: &Home, after: Option<i64>) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let query = ExportQuery { after };
    let mut export = session::reached(home, client.export_audit(&query).await)?;
    let mut rows = 0_usize;
    while let Some(part) = export.next().await? {
        rows += part.split(|byte| *byte == b'\n').count() - 1;
        match output::part(&part) {
            // Whoever reads has read enough: `bellhop audit export | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    output::complete()?;
    output::progress(format!(
        "{rows} rows exported. Check them with: bellhop audit verify --file FILE"
    ));
    Ok(())
}
