//! The settings, as pages see and change them. A page names a setting and a value; whether it can be
//! so is found out before anything is written.

#![expect(clippy::let_underscore_must_use, reason = "Tauri's commands are made so")]

use std::env;
use std::path::PathBuf;

use bellhop_api::API_VERSION;
use bellhop_workstation::autostart::Autostart;
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::settings::{self, Settings, Shortcut};
use serde::Serialize;
use serde_json::{Map, Value};
use tauri::{AppHandle, Manager as _, State};

use crate::bridge::Bridge;
use crate::controller::Event;
use crate::manners::Manners;

/// Is no key of the file: whether the desktop has the start is the setting.
const AT_LOGIN: &str = "start_at_login";

/// The settings, and what there is to say about them.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    settings: Settings,
    /// None where this desktop has no place for that.
    start_at_login: Option<bool>,
    /// How the time of day is written, whoever said so.
    twelve_hours: bool,
    /// The combination that opens the palette now; none where the desktop gave us none.
    shortcut_held: Option<String>,
    /// Why the settings do not read, and the usual ones hold.
    trouble: Option<String>,
    about: About,
}

/// This installation.
#[derive(Clone, Debug, Serialize)]
struct About {
    version: &'static str,
    api: u32,
    configuration: PathBuf,
    data: PathBuf,
}

/// All settings.
#[tauri::command]
pub async fn settings(bridge: State<'_, Bridge>) -> Result<Shown, String> {
    shown(&bridge).await
}

/// Changes settings, and answers all of them. An error is a sentence: then nothing has changed.
#[tauri::command]
pub async fn change_settings(
    app: AppHandle,
    bridge: State<'_, Bridge>,
    wanted: Map<String, Value>,
) -> Result<Shown, String> {
    let mut wanted = wanted;
    let at_login = wanted.remove(AT_LOGIN);
    let before = bridge.held.now();
    if let Some(keys) = wanted.get("shortcut") {
        let keys: Shortcut = serde_json::from_value(keys.clone()).map_err(|e| e.to_string())?;
        let held = app.clone();
        blocking(move || held.state::<Bridge>().held.take(&held, &keys)).await??;
    }
    let home = bridge.home.clone();
    let written = blocking(move || write(&home, &wanted, at_login.as_ref())).await?;
    if let (Err(_), Some(before)) = (&written, before) {
        // What is written down is what is held.
        let held = app.clone();
        blocking(move || held.state::<Bridge>().held.take(&held, &before)).await??;
    }
    written?;
    let home = bridge.home.clone();
    let manners = blocking(move || Manners::read(&home)).await?;
    // Nobody listens only when the app ends.
    bridge.events.send(Event::Manners(manners)).ok();
    bridge.events.send(Event::Shortcut(bridge.held.now().map(String::from))).ok();
    shown(&bridge).await
}

fn write(home: &Home, wanted: &Map<String, Value>, at_login: Option<&Value>) -> Result<(), String> {
    if !wanted.is_empty() {
        settings::change(home, wanted).map_err(|error| error.to_string())?;
    }
    let Some(at_login) = at_login else { return Ok(()) };
    let on = at_login.as_bool().ok_or_else(|| format!("{AT_LOGIN} is true or false"))?;
    let start = Autostart::of(home, &Environment::read())
        .ok_or("HOME is not set, so the desktop has no place for what starts at login")?;
    let done = if on {
        start.turn_on(&program().map_err(|error| format!("this program has no path: {error}"))?)
    } else {
        start.turn_off()
    };
    done.map_err(|error| error.to_string())
}

/// The program that people start: of an image that is mounted only while it runs, the image.
fn program() -> std::io::Result<PathBuf> {
    match env::var_os("APPIMAGE").filter(|image| !image.is_empty()) {
        Some(image) => Ok(image.into()),
        None => env::current_exe(),
    }
}

async fn shown(bridge: &State<'_, Bridge>) -> Result<Shown, String> {
    let home = bridge.home.clone();
    let (configuration, data) = (home.config_dir().to_owned(), home.data_dir().to_owned());
    let read = move || {
        let start = Autostart::of(&home, &Environment::read());
        (Manners::read(&home), start.map(|start| start.is_on()))
    };
    let (Manners { settings, twelve_hours, trouble }, start_at_login) = blocking(read).await?;
    let shortcut_held = bridge.held.now().map(String::from);
    let about = About { version: env!("CARGO_PKG_VERSION"), api: API_VERSION, configuration, data };
    Ok(Shown { settings, start_at_login, twelve_hours, shortcut_held, trouble, about })
}

/// Files and the desktop are waited for where nobody else waits.
async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(step).await.map_err(|error| error.to_string())
}
