//! The tray app, as commands find it.

use std::path::PathBuf;
use std::{env, iter};

use anyhow::Context as _;

use crate::daemon;

/// The tray app, where there is a desktop for it: the one beside this program, else the one on `PATH`.
pub(crate) fn found() -> anyhow::Result<Option<PathBuf>> {
    if env::var_os("DISPLAY").or_else(|| env::var_os("WAYLAND_DISPLAY")).is_none() {
        return Ok(None);
    }
    let name = format!("bellhop-desktop{}", env::consts::EXE_SUFFIX);
    let beside = daemon::own_program()?.with_file_name(&name);
    let paths = env::var_os("PATH").unwrap_or_default();
    let mut places = iter::once(beside).chain(env::split_paths(&paths).map(|dir| dir.join(&name)));
    Ok(places.find(|file| file.is_file()))
}

/// The same; without one there is nothing to show.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    found()?.context(
        "there is no tray app here, or no desktop for it (neither DISPLAY nor WAYLAND_DISPLAY is set). \
         bellhop list and bellhop show tell the same",
    )
}
