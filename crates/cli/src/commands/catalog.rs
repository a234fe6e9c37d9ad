//! `bellhop catalog`

use bellhop_api::CatalogItem;
use bellhop_workstation::home::Home;

use crate::args::Format;
use crate::{output, session};

/// Lists what can be connected. JSON and YAML have the forms, too.
pub(crate) async fn run(home: &Home, format: Format) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let catalog = session::reached(home, client.catalog().await)?;
    if output::for_programs(format, &catalog)? {
        return Ok(());
    }
    let row = |item: &CatalogItem| {
        let connect = format!("bellhop connect {} NAME", item.kind);
        [item.kind.clone(), item.about.clone(), item.resource_types.join(", "), connect]
    };
    let rows = catalog.items.iter().map(row).collect();
    output::table(["KIND", "WHAT IT GIVES", "RESOURCES", "CONNECT WITH"], rows);
    Ok(())
}
