//! What people type about the backend itself.

use std::path::PathBuf;

use secrecy::SecretString;

#[derive(Debug, clap::Args)]
pub(crate) struct Database {
    /// Where everything is remembered: a file, or `postgres://USER:PASSWORD@HOST/DATABASE`, which
    /// several backends may share [default: bellhop.db in the data folder]. Others can read
    /// command lines, so give an address with a password in the environment variable.
    #[arg(long, env = "BELLHOP_DATABASE", hide_env_values = true, value_name = "ADDRESS")]
    pub(crate) database: Option<SecretString>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file to make. One that is there already is left alone.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}
