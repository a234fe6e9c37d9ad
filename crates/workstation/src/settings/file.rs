//! The file of the settings.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Settings;
use crate::home::{Home, HomeError};
use crate::own_file::{self, Lock};

/// No settings are larger, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Why settings cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no place for them.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what is written there.
    #[error(
        "{} does not read: {why}. The usual settings hold until it is corrected or deleted",
        path.display()
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A setting that there is not.
    #[error("there is no setting called {key:?}; there are: {known}")]
    Unknown {
        /// What was named.
        key: String,
        /// All that there are.
        known: String,
    },
    /// A setting cannot have that value.
    #[error("{key} stays as it is: {why}")]
    Wrong {
        /// The setting.
        key: String,
        /// Why not.
        why: String,
    },
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// What holds: the usual settings where the file does not say otherwise, or does not read.
    pub settings: Settings,
    /// Keys in the file that this version does not know.
    pub unknown: Vec<String>,
    /// Why the file does not read.
    pub trouble: Option<SettingsError>,
}

/// Reads the settings. Whatever is wrong with the file, there are some.
pub fn read(home: &Home) -> Found {
    match load(&home.settings_file()) {
        Ok((settings, other)) => Found {
            settings,
            unknown: other.into_iter().map(|(key, _)| key).collect(),
            trouble: None,
        },
        Err(error) => Found { trouble: Some(error), ..Found::default() },
    }
}

/// Changes some settings, all of them or none, and answers all. A file that does not read is put
/// aside as `settings.broken`.
pub fn change(home: &Home, wanted: &Map<String, Value>) -> Result<Settings, SettingsError> {
    home.prepare()?;
    let path = home.settings_file();
    let lock = home.runtime_dir().join("settings.lock");
    let _lock = Lock::take(&lock).map_err(failed("lock", &lock))?;
    let (mut settings, other) = match load(&path) {
        Err(SettingsError::Broken { .. }) => {
            let aside = path.with_extension("broken");
            fs::rename(&path, &aside).map_err(failed("put aside", &path))?;
            (Settings::default(), Map::new())
        }
        loaded => loaded?,
    };
    for (key, value) in wanted {
        settings = with(&settings, key, value)?;
    }
    let mut all = other;
    all.extend(settings.as_map());
    let text = serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default();
    own_file::replace(&path, &format!("{text}\n")).map_err(failed("write", &path))?;
    Ok(settings)
}

fn with(settings: &Settings, key: &str, value: &Value) -> Result<Settings, SettingsError> {
    let key = key.to_owned();
    match settings.with(&key, value) {
        Some(Ok(changed)) => Ok(changed),
        Some(Err(why)) => Err(SettingsError::Wrong { key, why }),
        None => {
            let known: Vec<_> = settings.as_map().into_iter().map(|(key, _)| key).collect();
            Err(SettingsError::Unknown { key, known: known.join(", ") })
        }
    }
}

/// What is in the file: settings, and what else stands there.
fn load(path: &Path) -> Result<(Settings, Map<String, Value>), SettingsError> {
    let broken = |why: String| SettingsError::Broken { path: path.to_path_buf(), why };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(<_>::default()),
        Err(error) => return Err(failed("read", path)(error)),
    };
    let mut text = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut text).map_err(failed("read", path))?;
    if text.len() as u64 > LARGEST {
        return Err(broken("it is too large".to_owned()));
    }
    let all: Map<String, Value> =
        serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    let (mut settings, mut other) = (Settings::default(), Map::new());
    for (key, value) in all {
        match settings.with(&key, &value) {
            Some(Ok(changed)) => settings = changed,
            Some(Err(why)) => return Err(broken(format!("{key}: {why}"))),
            None => {
                other.insert(key, value);
            }
        }
    }
    Ok((settings, other))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SettingsError {
    let path = path.to_path_buf();
    move |source| SettingsError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;

    use super::*;
    use crate::settings::{Clock, Theme};

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(folder.path().join("home"))).unwrap();
        home.prepare().unwrap();
        (folder, home)
    }

    fn changed(home: &Home, wanted: &Value) -> Result<Settings, SettingsError> {
        change(home, wanted.as_object().unwrap())
    }

    #[test]
    fn without_a_file_the_usual_settings_hold_and_none_is_made() {
        let (_folder, home) = home();
        let found = read(&home);
        assert_eq!(found.settings, Settings::default());
        assert!(found.trouble.is_none() && !home.settings_file().exists());
    }

    #[test]
    fn what_is_set_holds_and_the_rest_stays_as_usual() {
        let (_folder, home) = home();
        changed(&home, &json!({ "theme": "dark", "hop_back": false, "clock": "12" })).unwrap();
        let settings = changed(&home, &json!({ "shortcut": "super+k" })).unwrap();
        assert_eq!(settings, read(&home).settings);
        assert_eq!((settings.theme, settings.hop_back), (Theme::Dark, false));
        assert_eq!((settings.clock, settings.shortcut.as_str()), (Clock::Twelve, "Super+K"));
        assert!(settings.notice_asked);
        let mode = fs::metadata(home.settings_file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(home.config_dir()).unwrap().count(), 1);
    }

    #[test]
    fn of_several_changes_all_hold_or_none() {
        let (_folder, home) = home();
        for wanted in [
            json!({ "hop_back": false, "theme": "purple" }),
            json!({ "hop_back": false, "themes": "dark" }),
            json!({ "hop_back": "no" }),
            json!({ "shortcut": "B" }),
        ] {
            let why = changed(&home, &wanted).unwrap_err().to_string();
            assert!(why.contains("stays as it is") || why.contains("there are: "), "{why}");
            assert_eq!(read(&home).settings, Settings::default());
        }
    }

    #[test]
    fn what_a_newer_version_wrote_is_named_and_kept() {
        let (_folder, home) = home();
        fs::write(home.settings_file(), r#"{"later": [1], "hop_back": false}"#).unwrap();
        assert_eq!(read(&home).unknown, ["later"]);
        changed(&home, &json!({ "theme": "light" })).unwrap();
        let text = fs::read_to_string(home.settings_file()).unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&all["later"], &all["hop_back"]), (&json!([1]), &json!(false)));
    }

    #[test]
    fn a_file_that_does_not_read_is_told_and_stops_nothing() {
        let (_folder, home) = home();
        for text in ["", "{", "[]", "null", r#"{"theme": "purple"}"#, "\u{0}", &"x".repeat(70_000)]
        {
            fs::write(home.settings_file(), text).unwrap();
            let found = read(&home);
            assert_eq!(found.settings, Settings::default());
            let why = found.trouble.unwrap().to_string();
            assert!(why.contains("settings.json") && why.contains("usual settings hold"), "{why}");
        }
        // Whoever changes something means it; what was there can be looked at.
        changed(&home, &json!({ "theme": "dark" })).unwrap();
        assert_eq!(read(&home).settings.theme, Theme::Dark);
        assert!(home.config_dir().join("settings.broken").exists());
    }

    #[test]
    fn t21_changes_at_the_same_time_are_all_kept() {
        let (_folder, home) = home();
        let keys =
            ["notice_granted", "notice_ending", "notice_asked", "notice_reasons", "hop_back"];
        std::thread::scope(|all| {
            for key in keys {
                let home = &home;
                all.spawn(move || changed(home, &json!({ key: false })).unwrap());
            }
        });
        let all = serde_json::to_value(read(&home).settings).unwrap();
        for key in keys {
            assert_eq!(all[key], json!(false), "{key}");
        }
    }
}
