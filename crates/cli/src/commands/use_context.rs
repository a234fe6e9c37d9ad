//! `bellhop use`

use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{Contexts, KubeconfigFiles};
use serde::Serialize;

use crate::args::{self, Format};
use crate::output;

#[derive(Serialize)]
struct Answer<'a> {
    /// The current context.
    context: &'a str,
    /// The one that was current before; none if there was none.
    was: Option<&'a str>,
}

/// Makes a context current. Asks nobody and waits for nobody but the holder of kubectl's lock.
pub(crate) fn run(home: &Home, format: Format, ask: &args::Use) -> anyhow::Result<()> {
    home.prepare()?;
    let files = KubeconfigFiles::from_environment(&Environment::read())?;
    let contexts = Contexts::new(home);
    let name = match ask.context.as_str() {
        "-" => contexts.left(&files)?,
        name => name.to_owned(),
    };
    let switched = contexts.use_context(&files, &name)?;
    let was = match &switched {
        Some(switched) => switched.left.as_deref(),
        None => Some(name.as_str()),
    };
    if output::for_programs(format, &Answer { context: &name, was })? {
        return Ok(());
    }
    output::line(match (switched.is_some(), was) {
        (false, _) => format!("{name} is the current context already"),
        (true, Some(was)) => format!("Current context: {name} (was {was})"),
        (true, None) => format!("Current context: {name} (there was none)"),
    });
    Ok(())
}
