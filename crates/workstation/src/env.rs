//! The process environment, read in one place.
//!
//! Everything else takes an [`Environment`], so that tests never touch the real one.

use std::ffi::OsString;
use std::path::PathBuf;

/// The environment variables Bellhop looks at on a workstation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `HOME`: the user's home folder.
    pub home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub config_home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub data_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
    /// `KUBECONFIG`, unsplit.
    pub kubeconfig: Option<OsString>,
}

impl Environment {
    /// Reads the environment of this process; an empty variable counts as unset.
    pub fn read() -> Self {
        Self {
            home: read("HOME").map(PathBuf::from),
            config_home: read("XDG_CONFIG_HOME").map(PathBuf::from),
            data_home: read("XDG_DATA_HOME").map(PathBuf::from),
            runtime_dir: read("XDG_RUNTIME_DIR").map(PathBuf::from),
            kubeconfig: read("KUBECONFIG"),
        }
    }
}

fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
