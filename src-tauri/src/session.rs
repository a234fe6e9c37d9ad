//! What the desktop session around the app offers, looked up before anything is drawn.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::trouble::{Trouble, Warning};

/// What the desktop session offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    display: bool,
    bus: bool,
}

impl Session {
    /// Looks at the session this process runs in. Only Linux can lack a part of it.
    pub fn here() -> Self {
        if cfg!(target_os = "linux") {
            Self::read(|name| env::var_os(name), Path::exists)
        } else {
            Self { display: true, bus: true }
        }
    }

    fn read(get: impl Fn(&str) -> Option<OsString>, exists: impl Fn(&Path) -> bool) -> Self {
        let value = |name| get(name).filter(|value| !value.is_empty());
        let default_bus = value("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("bus"));
        Self {
            display: value("DISPLAY").is_some() || value("WAYLAND_DISPLAY").is_some(),
            bus: value("DBUS_SESSION_BUS_ADDRESS").is_some()
                || default_bus.is_some_and(|bus| exists(&bus)),
        }
    }

    /// Refuses a session with nothing to draw on.
    pub const fn require_display(self) -> Result<(), Trouble> {
        if self.display { Ok(()) } else { Err(Trouble::NoDisplay) }
    }

    /// What will not work here although the app can start.
    pub const fn warning(self) -> Option<Warning> {
        if self.bus { None } else { Some(Warning::NoBus) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(variables: &[(&str, &str)], files: &[&str]) -> Session {
        Session::read(
            |name| {
                let found = variables.iter().find(|(key, _)| *key == name)?;
                Some(OsString::from(found.1))
            },
            |path| files.iter().any(|file| Path::new(file) == path),
        )
    }

    #[test]
    fn either_display_variable_will_do() {
        for name in ["DISPLAY", "WAYLAND_DISPLAY"] {
            assert_eq!(session(&[(name, ":0")], &[]).require_display(), Ok(()));
        }
    }

    #[test]
    fn no_display_variable_is_refused() {
        assert_eq!(session(&[], &[]).require_display(), Err(Trouble::NoDisplay));
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let session = session(&[("DISPLAY", ""), ("DBUS_SESSION_BUS_ADDRESS", "")], &[]);

        assert_eq!(session.require_display(), Err(Trouble::NoDisplay));
        assert_eq!(session.warning(), Some(Warning::NoBus));
    }

    #[test]
    fn the_bus_is_named_or_at_its_usual_place() {
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/7");

        assert_eq!(session(&[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")], &[]).warning(), None);
        assert_eq!(session(&[runtime], &["/run/user/7/bus"]).warning(), None);
        assert_eq!(session(&[runtime], &[]).warning(), Some(Warning::NoBus));
    }
}
