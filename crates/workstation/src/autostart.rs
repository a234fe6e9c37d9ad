//! The start at login: a file in the desktop's own `autostart` folder. Whether the file is there is
//! the setting; desktops turn it off in it, too.
//!
//! It names the program twice: where that is gone, as after its package was removed, desktops start
//! nothing (`TryExec`).

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::env::Environment;
use crate::home::Home;
use crate::own_file;

const FILE: &str = "bellhop-desktop.desktop";
/// Says whose start it is, for a home of its own.
const HOME_KEY: &str = "X-Bellhop-Home";
/// Told to the program: only the icon, no window.
const HIDDEN: &str = "--hidden";

/// Why the start at login cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum AutostartError {
    /// The start is another Bellhop's.
    #[error(
        "{} starts the Bellhop of another home; turn that off there, or delete the file",
        path.display()
    )]
    Another {
        /// The file.
        path: PathBuf,
    },
    /// The path cannot be written in such a file.
    #[error("{} cannot stand in a desktop file; install Bellhop at a plainer path", path.display())]
    Unwritable {
        /// The path.
        path: PathBuf,
    },
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
}

/// The start at login of one home's tray app.
#[derive(Debug, Clone)]
pub struct Autostart {
    file: PathBuf,
    home: Option<PathBuf>,
}

impl Autostart {
    /// Where this user's desktop looks; none where no variable says where that is.
    pub fn of(home: &Home, environment: &Environment) -> Option<Self> {
        let absolute = |path: &Option<PathBuf>| path.clone().filter(|path| path.is_absolute());
        let config = absolute(&environment.config_home)
            .or_else(|| Some(absolute(&environment.home)?.join(".config")))?;
        let file = config.join("autostart").join(FILE);
        Some(Self { file, home: home.explicit().map(Path::to_owned) })
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether the app of this home starts at login.
    pub fn is_on(&self) -> bool {
        self.text().is_some_and(|text| self.is_ours(&text) && !is_off(&text))
    }

    /// Whether the file is there and of this home, turned off or not.
    pub fn is_there(&self) -> bool {
        self.text().is_some_and(|text| self.is_ours(&text))
    }

    /// Has the desktop start this program at login, without a window.
    pub fn turn_on(&self, program: &Path) -> Result<(), AutostartError> {
        if self.text().is_some_and(|text| !self.is_ours(&text)) {
            return Err(AutostartError::Another { path: self.file.clone() });
        }
        let text = self.entry(program)?;
        let failed = |source| self.failed("write", source);
        if let Some(folder) = self.file.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        }
        own_file::replace(&self.file, &text).map_err(failed)
    }

    /// Has the desktop start it no more.
    pub fn turn_off(&self) -> Result<(), AutostartError> {
        if !self.is_there() {
            return Ok(());
        }
        fs::remove_file(&self.file).map_err(|source| self.failed("remove", source))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> AutostartError {
        AutostartError::Io { action, path: self.file.clone(), source }
    }

    /// What does not read is nobody's of ours, and is not written over either.
    fn text(&self) -> Option<String> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => Some(String::new()),
        }
    }

    fn is_ours(&self, text: &str) -> bool {
        let start = format!("{HOME_KEY}=");
        let named = text.lines().find_map(|line| line.strip_prefix(&start));
        let own = self.home.as_deref().map(value);
        let a_start = text.lines().any(|line| line.starts_with("Exec=") && line.contains(HIDDEN));
        a_start && named == own.as_ref().map(|own| own.as_deref().unwrap_or_default())
    }

    fn entry(&self, program: &Path) -> Result<String, AutostartError> {
        let unwritable = |path: &Path| AutostartError::Unwritable { path: path.to_owned() };
        let fine = |path: &Path| value(path).ok_or_else(|| unwritable(path));
        let mut words = vec![quoted(&fine(program)?), HIDDEN.to_owned()];
        let mut whose = String::new();
        if let Some(home) = &self.home {
            let home = fine(home)?;
            words.splice(0..0, ["env".to_owned(), quoted(&format!("BELLHOP_HOME={home}"))]);
            whose = format!("{HOME_KEY}={home}\n");
        }
        Ok(format!(
            "[Desktop Entry]\nType=Application\nName=Bellhop\n\
             Comment=Just-in-time access from your tray\nExec={}\nTryExec={}\n\
             Icon=bellhop-desktop\nTerminal=false\nX-GNOME-Autostart-enabled=true\n{whose}",
            words.join(" "),
            fine(program)?,
        ))
    }
}

/// Desktops turn a start off by one of these.
fn is_off(text: &str) -> bool {
    text.lines()
        .any(|line| matches!(line.trim(), "Hidden=true" | "X-GNOME-Autostart-enabled=false"))
}

/// A path as a value: a backslash or a line break would mean something else there.
fn value(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let plain = !text.chars().any(|c| c.is_control() || c == '\\');
    plain.then(|| text.to_owned())
}

/// A word of `Exec`. (Of a backslash before another one there are four in the file: quotes are taken
/// off after the escapes of values.)
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(folder: &Path, home: Option<&str>) -> Autostart {
        let environment =
            Environment { home: Some(folder.to_path_buf()), ..Environment::default() };
        let home = Home::from_environment(home.map(PathBuf::from), &environment).unwrap();
        Autostart::of(&home, &environment).unwrap()
    }

    #[test]
    fn it_is_there_while_it_is_on_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let start = of(folder.path(), None);
        start.turn_off().unwrap();
        assert!(!start.is_on() && !folder.path().join(".config").exists());
        start.turn_on(Path::new("/usr/bin/bellhop-desktop")).unwrap();
        assert!(start.is_on());
        let text = fs::read_to_string(start.file()).unwrap();
        assert!(text.contains("\nExec=\"/usr/bin/bellhop-desktop\" --hidden\n"), "{text}");
        assert!(text.contains("\nTryExec=/usr/bin/bellhop-desktop\n"), "{text}");
        start.turn_off().unwrap();
        assert_eq!(fs::read_dir(folder.path().join(".config/autostart")).unwrap().count(), 0);
    }

    #[test]
    fn what_the_desktop_turned_off_is_off() {
        let folder = tempfile::tempdir().unwrap();
        let start = of(folder.path(), None);
        for line in ["Hidden=true", "X-GNOME-Autostart-enabled=false"] {
            start.turn_on(Path::new("/x")).unwrap();
            let text = fs::read_to_string(start.file()).unwrap();
            let text = text.replace("X-GNOME-Autostart-enabled=true", line);
            fs::write(start.file(), text).unwrap();
            assert!(!start.is_on() && start.is_there(), "{line}");
        }
        start.turn_on(Path::new("/x")).unwrap();
        assert!(start.is_on());
    }

    #[test]
    fn one_home_does_not_take_anothers_start() {
        let folder = tempfile::tempdir().unwrap();
        let (usual, own) = (of(folder.path(), None), of(folder.path(), Some("/own home")));
        own.turn_on(Path::new("/a b/x")).unwrap();
        let text = fs::read_to_string(own.file()).unwrap();
        let exec = "\nExec=env \"BELLHOP_HOME=/own home\" \"/a b/x\" --hidden\n";
        assert!(text.contains(exec) && own.is_on() && !usual.is_on(), "{text}");
        usual.turn_off().unwrap();
        let why = usual.turn_on(Path::new("/x")).unwrap_err().to_string();
        assert!(why.contains("another home") && own.is_on(), "{why}");
        // A file of somebody else's is left alone, too.
        fs::write(own.file(), "[Desktop Entry]\nExec=/bin/true\n").unwrap();
        own.turn_off().unwrap();
        own.turn_on(Path::new("/x")).unwrap_err();
        assert!(own.file().exists());
    }

    #[test]
    fn p26_a_path_is_one_word_and_no_command() {
        assert_eq!(quoted("/a $(id) `id` \"%u\""), r#""/a \\$(id) \\`id\\` \\"%%u\\"""#);
        let folder = tempfile::tempdir().unwrap();
        for path in ["/a\nExec=/bin/sh", "/a\\x", "/a\u{1b}b"] {
            of(folder.path(), None).turn_on(Path::new(path)).unwrap_err();
        }
    }
}
