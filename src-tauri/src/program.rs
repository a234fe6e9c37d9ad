//! The program `bellhop`, which does what is to be done on this machine the same way for every face:
//! it starts the backend, and writes contexts that name it.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// Where the program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    home: Option<PathBuf>,
}

impl Program {
    /// The one beside this app, else the one on `PATH`; for the home in this folder, if one is named.
    pub fn find(home: Option<&Path>) -> Self {
        let name = format!("bellhop{}", env::consts::EXE_SUFFIX);
        let beside = env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
        let path = beside.filter(|path| path.is_file()).unwrap_or_else(|| name.into());
        Self { path, home: home.map(Path::to_owned) }
    }

    /// Runs it to its end; what it said on stderr when it failed.
    pub async fn run(&self, words: &[&str]) -> Result<(), String> {
        let mut command = Command::new(&self.path);
        if let Some(home) = &self.home {
            command.arg("--home").arg(home);
        }
        command.args(words.iter().map(OsStr::new)).stdin(Stdio::null());
        let ran = command.output().await.map_err(|error| self.missing(&error))?;
        if ran.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ran.stderr);
        let said = said.trim().trim_start_matches("bellhop: ");
        Err(if said.is_empty() { ran.status.to_string() } else { said.to_owned() })
    }

    fn missing(&self, error: &std::io::Error) -> String {
        let path = self.path.display();
        format!("{path} does not run ({error}). Install Bellhop again: its parts belong together")
    }
}
