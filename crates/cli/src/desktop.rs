//! The tray app, as commands find it.

use std::path::PathBuf;

use anyhow::bail;

use crate::daemon;

/// The tray app: the one beside this program, else the one on `PATH`.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    if std::env::var_os("DISPLAY").or_else(|| std::env::var_os("WAYLAND_DISPLAY")).is_none() {
        bail!(
            "there is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set). bellhop list and \
             bellhop show tell the same; bellhop open --print is for scripts"
        );
    }
    let name = format!("bellhop-desktop{}", std::env::consts::EXE_SUFFIX);
    let beside = daemon::own_program()?.with_file_name(&name);
    Ok(if beside.is_file() { beside } else { name.into() })
}
