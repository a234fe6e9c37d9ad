//! `bellhop integrations`

use bellhop_workstation::home::Home;

use crate::args::Format;
use crate::{output, session};

/// Lists the connected systems and how they are.
pub(crate) async fn run(home: &Home, format: Format) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let list = session::reached(home, client.integrations().await)?;
    if output::for_programs(format, &list)? {
        return Ok(());
    }
    if list.items.is_empty() {
        let folder = home.config_dir().display();
        output::line(format!("No integrations. Define one in a TOML file in {folder}"));
        return Ok(());
    }
    let row = |i: &bellhop_api::Integration| {
        [i.name.clone(), i.kind.clone(), i.status.clone(), i.why.clone()]
    };
    output::table(["NAME", "KIND", "STATUS", "WHY"], list.items.iter().map(row).collect());
    Ok(())
}
