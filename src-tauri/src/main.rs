//! Starts the tray app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::path::PathBuf;
use std::process::ExitCode;

use bellhop_desktop::app;
use bellhop_desktop::session::Session;
use bellhop_desktop::trouble::{self, Trouble};
use bellhop_workstation::home::Home;

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(trouble) => {
            trouble::say(&trouble);
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode, Trouble> {
    let session = Session::here();
    session.require_display()?;
    if let Some(warning) = session.warning() {
        trouble::say(&warning);
    }
    let explicit = std::env::var_os("BELLHOP_HOME").filter(|home| !home.is_empty());
    let home = Home::resolve(explicit.map(PathBuf::from));
    let home = home.map_err(|error| Trouble::NoHome { why: error.to_string() })?;
    app::run(home, tauri::generate_context!())
}
