//! Starts the tray app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use bellhop_desktop::{
    screen,
    session::Session,
    trouble::{self, Trouble},
    view,
};

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
    screen::run(view::tray(env!("CARGO_PKG_VERSION")), tauri::generate_context!())
}
