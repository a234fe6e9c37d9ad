//! `bellhop audit export`

use std::io;

use bellhop_api::{ExportFormat as Written, ExportQuery};
use bellhop_workstation::home::Home;

use crate::args::ExportFormat;
use crate::{output, session};

/// Prints the log as it comes, whatever its length: no more than a part of it is in memory.
pub(crate) async fn run(
    home: &Home,
    after: Option<i64>,
    format: ExportFormat,
) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let format = match format {
        ExportFormat::Jsonl => Written::Jsonl,
        ExportFormat::Csv => Written::Csv,
    };
    let query = ExportQuery { after, format };
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
    output::progress(match format {
        Written::Jsonl => {
            format!("{rows} rows exported. Check them with: bellhop audit verify --file FILE")
        }
        // Its first line names the columns.
        Written::Csv => format!("{} rows exported", rows.saturating_sub(1)),
    });
    Ok(())
}
