//! What can go wrong before there is an icon to show it with: what happened, why, what to do.

use std::{
    fmt::{self, Display, Formatter},
    io::{self, Write},
};

/// Why the app cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no desktop session around.
    NoDisplay,
    /// There should be a desktop session, but it cannot be used.
    NoDesktop {
        /// What the toolkit said.
        why: String,
    },
    /// There is no place for Bellhop's files.
    NoHome {
        /// Why, and what to do.
        why: String,
    },
    /// The app runs already, or ends just now, and does not answer.
    NotAlone {
        /// What the toolkit said.
        why: String,
    },
    /// The app that is installed now cannot be started.
    NotAgain {
        /// Why.
        why: String,
    },
    /// The icon cannot be put in the panel.
    NoTray {
        /// What the toolkit said.
        why: String,
    },
}

/// What will not work although the app runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// There is no D-Bus session bus, over which the panel gets its icons.
    NoBus,
}

impl Display for Trouble {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDisplay => f.write_str(
                "bellhop-desktop cannot start: it puts an icon in the panel of a desktop \
                 session, and there is none here (neither DISPLAY nor WAYLAND_DISPLAY is set). \
                 Start it inside a desktop session, or use `bellhop` in the terminal.",
            ),
            Self::NoHome { why } => write!(f, "bellhop-desktop cannot start: {why}"),
            Self::NoDesktop { why } => write!(
                f,
                "bellhop-desktop cannot start: the desktop session did not answer ({}). Check \
                 that DISPLAY or WAYLAND_DISPLAY names a running one that is yours, or use \
                 `bellhop` in the terminal.",
                first_line(why)
            ),
            Self::NotAlone { why } => write!(
                f,
                "bellhop-desktop runs already, and did not answer ({}). Quit that one and start it \
                 again, or use `bellhop` in the terminal.",
                first_line(why)
            ),
            Self::NotAgain { why } => write!(
                f,
                "bellhop-desktop ended and could not be started again ({}). Start it from the desktop, \
                 or use `bellhop` in the terminal.",
                first_line(why)
            ),
            Self::NoTray { why } => write!(
                f,
                "bellhop-desktop cannot put its icon in the panel ({}).{} `bellhop` in the \
                 terminal works without it.",
                first_line(why),
                TRAY_LIBRARY
            ),
        }
    }
}

impl Display for Warning {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBus => f.write_str(
                "bellhop-desktop found no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS is not \
                 set, and there is no `bus` in XDG_RUNTIME_DIR), so the panel may not show its \
                 icon. Start it from the desktop's own menu or terminal, or use `bellhop` in \
                 the terminal.",
            ),
        }
    }
}

const TRAY_LIBRARY: &str = if cfg!(target_os = "linux") {
    " It needs the library libayatana-appindicator3: install libayatana-appindicator3-1 (Debian, \
     Ubuntu) or libayatana-appindicator-gtk3 (Fedora) and start it again."
} else {
    ""
};

/// Toolkits add search paths and advice for programmers below the first line.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("no reason given")
}

/// Notes what went wrong while the app runs.
pub fn log(what: &str, why: &impl Display) {
    say(&format_args!("bellhop-desktop: {what}: {why}"));
}

/// Says it on stderr. A closed stderr is no reason to stop.
pub fn say(what: &impl Display) {
    writeln!(io::stderr(), "{what}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_says_what_to_do_instead() {
        let why = || "it broke\nat /a/path".to_owned();
        let sentences = [
            Trouble::NoDisplay.to_string(),
            Trouble::NoDesktop { why: why() }.to_string(),
            Trouble::NoTray { why: why() }.to_string(),
            Trouble::NotAlone { why: why() }.to_string(),
            Trouble::NotAgain { why: why() }.to_string(),
            Warning::NoBus.to_string(),
        ];

        for sentence in sentences {
            assert!(sentence.contains("`bellhop` in the terminal"), "{sentence}");
            assert!(!sentence.contains('\n'), "{sentence}");
        }
    }

    #[test]
    fn only_the_first_line_of_the_reason_is_said() {
        let trouble = Trouble::NoTray { why: "it broke\nat /a/path".to_owned() };

        assert!(trouble.to_string().contains("(it broke)"));
        assert!(!trouble.to_string().contains("/a/path"));
    }

    #[test]
    fn a_missing_reason_is_said_to_be_missing() {
        let trouble = Trouble::NoDesktop { why: String::new() };

        assert!(trouble.to_string().contains("(no reason given)"));
    }
}
