//! How the user of this machine wants it: the settings, and what the desktop has where they leave it
//! to that. They are read anew whenever something is to obey them, so that a change needs no restart.

use bellhop_notices::words::Wants;
use bellhop_workstation::home::Home;
use bellhop_workstation::settings::{self, Settings};

/// How the user wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manners {
    /// The settings.
    pub settings: Settings,
    /// Whether times of day are counted to twelve.
    pub twelve_hours: bool,
    /// Why the settings do not read, and the usual ones hold.
    pub trouble: Option<String>,
}

impl Manners {
    /// Reads them. Whatever is wrong with the file, there are some.
    pub fn read(home: &Home) -> Self {
        let found = settings::read(home);
        let twelve_hours = found.settings.clock.counts_to_twelve(desktop_counts_to_twelve());
        let trouble = found.trouble.map(|error| error.to_string());
        Self { settings: found.settings, twelve_hours, trouble }
    }

    /// What the desktop is to be told of.
    pub fn wants(&self) -> Wants {
        let Settings { notice_granted, notice_ending, notice_asked, .. } = self.settings;
        Wants { granted: notice_granted, ending: notice_ending, asked: notice_asked }
    }
}

/// Whether the desktop's own clock counts to twelve: as GNOME is told, where that is the desktop or
/// somebody told it; else as people do who speak the language that times are written in.
#[cfg(target_os = "linux")]
fn desktop_counts_to_twelve() -> bool {
    gnome_clock().unwrap_or_else(language_counts_to_twelve)
}

/// Elsewhere the day has 24 hours until somebody says otherwise in the settings.
#[cfg(not(target_os = "linux"))]
fn desktop_counts_to_twelve() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn gnome_clock() -> Option<bool> {
    use gio::prelude::SettingsExt as _;

    const SCHEMA: &str = "org.gnome.desktop.interface";
    const KEY: &str = "clock-format";
    // A key that is not installed would end the program.
    let installed = gio::SettingsSchemaSource::default()?.lookup(SCHEMA, true)?;
    if !installed.has_key(KEY) {
        return None;
    }
    let settings = gio::Settings::new(SCHEMA);
    let desktop = std::env::var_os("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let is_gnome =
        desktop.to_string_lossy().split(':').any(|name| matches!(name, "GNOME" | "Unity"));
    (is_gnome || settings.user_value(KEY).is_some()).then(|| settings.string(KEY) == "12h")
}

/// By the locale's own way to write a time (`LC_TIME`), as the toolkit has it.
#[cfg(target_os = "linux")]
fn language_counts_to_twelve() -> bool {
    let afternoon = glib::DateTime::from_utc(2026, 11, 21, 15, 33, 0.0);
    let written = afternoon.and_then(|moment| moment.format("%X"));
    written.is_ok_and(|written| !written.contains("15"))
}
