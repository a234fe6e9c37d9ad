//! What people type about configuration files.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// The folder of the TOML files [default: your configuration folder].
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// The folder of the TOML files [default: your configuration folder].
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Applies what is shown without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Writes the files into this folder, which is made when it is not there. A file that is there
    /// is never overwritten.
    #[arg(long = "dir", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
