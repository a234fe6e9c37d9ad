//! The settings of the user of this machine: `settings.json` in the folder of the configuration.
//!
//! Nothing depends on the file: without it the usual settings hold, and where it does not read they
//! hold, too, and every face says so. It is read anew whenever something goes by it, so a change
//! needs no restart. What a newer version wrote there is kept.

mod file;
mod shortcut;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use file::{Found, SettingsError, change, read};
pub use shortcut::Shortcut;

/// All settings; [`Settings::default`] has the usual ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that people see")]
pub struct Settings {
    /// Tell when access is granted.
    pub notice_granted: bool,
    /// Tell when access is about to end.
    pub notice_ending: bool,
    /// Tell when somebody asks for what this person may decide.
    pub notice_asked: bool,
    /// Quote reasons and notes in notices.
    pub notice_reasons: bool,
    /// Opens the palette, wherever the user is.
    pub shortcut: Shortcut,
    /// Single letters act inside lists.
    pub single_keys: bool,
    /// Make the context of new access the current one.
    pub hop_when_granted: bool,
    /// Make the context before it current again when it ends.
    pub hop_back: bool,
    /// Light or dark.
    pub theme: Theme,
    /// How high rows are.
    pub rows: Rows,
    /// How the time of day is written.
    pub clock: Clock,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How high rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// As drawn.
    #[default]
    Standard,
    /// Eight pixels more.
    Roomy,
}

/// How the time of day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Clock {
    /// As the desktop has it.
    #[default]
    #[serde(rename = "system")]
    System,
    /// `15:33`.
    #[serde(rename = "24")]
    TwentyFour,
    /// `3:33 PM`.
    #[serde(rename = "12")]
    Twelve,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            notice_granted: true,
            notice_ending: true,
            notice_asked: true,
            notice_reasons: true,
            shortcut: Shortcut::default(),
            single_keys: true,
            hop_when_granted: false,
            hop_back: true,
            theme: Theme::default(),
            rows: Rows::default(),
            clock: Clock::default(),
        }
    }
}

impl Settings {
    /// The same with another value of one setting; none where there is no such setting, and a
    /// sentence where it cannot have that value.
    fn with(&self, key: &str, value: &Value) -> Option<Result<Self, String>> {
        let mut all = self.as_map();
        let place = all.get_mut(key)?;
        *place = value.clone();
        let read = serde_json::from_value(Value::Object(all));
        Some(read.map_err(|error| error.to_string()))
    }

    fn as_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            // A struct of plain fields is always an object.
            _ => Map::new(),
        }
    }
}

impl Clock {
    /// Whether to count to twelve, where the desktop does so or not.
    pub fn counts_to_twelve(self, desktop: bool) -> bool {
        match self {
            Self::System => desktop,
            Self::TwentyFour => false,
            Self::Twelve => true,
        }
    }
}
