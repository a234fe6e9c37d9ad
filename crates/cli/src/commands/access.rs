//! `bellhop access`

use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{contexts, output, session};

/// Shows how to use an access; with `--add-context` adds its kubectl context. Nothing in the
/// answer is secret.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Access) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let mut details = session::reached(home, client.access(&ask.number).await)?;
    if let Some(namespace) = &ask.namespace
        && !details.begin_in(namespace)
    {
        anyhow::bail!(details.elsewhere(namespace));
    }
    let added =
        if ask.add_context { contexts::add(home, &details, ask.use_context)? } else { Vec::new() };
    if output::for_programs(format, &details)? {
        return Ok(());
    }
    for context in &added {
        output::line(format!("Context {} was added. Try:", context.context));
        output::line(format!("  {}", context.try_it));
    }
    if added.is_empty() {
        for access in &details.kubernetes {
            let namespaces = access.namespaces.join(", ");
            output::line(format!("{}: namespaces {namespaces}", access.integration));
        }
        output::line(format!(
            "Add its kubectl context with:\n  bellhop access {} --add-context",
            details.number
        ));
    }
    Ok(())
}
