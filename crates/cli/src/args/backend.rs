//! What people type about the backend itself.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Subcommand;
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
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) database: Database,
    /// Lets a newer version of bellhop take its place when a command of that version comes.
    #[arg(long)]
    pub(crate) replaceable: bool,
    /// Leaves the terminal, logs to a file, and is replaceable: how commands start it.
    #[arg(long, hide = true)]
    pub(crate) detached: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Tour {
    /// Does not wait for Enter before each command.
    #[arg(long)]
    pub(crate) auto: bool,
    /// Opens the tray app on the sample cluster, to try it, and waits until it is quit.
    #[arg(long, conflicts_with = "auto")]
    pub(crate) window: bool,
    /// The kubectl to show [default: the one on your PATH].
    #[arg(long, value_name = "FILE")]
    pub(crate) kubectl: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Service {
    /// Has systemd start the backend when you log in.
    Install,
    /// Starts the backend when none runs: the service, if it is installed.
    Start,
    /// Undoes `install`. Commands start the backend when they need it.
    Remove,
    /// Stops the backend that runs now, however it was started.
    Stop,
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Logs {
    /// Prints on what comes.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// How many lines of what was.
    #[arg(long, short = 'n', default_value_t = 100)]
    pub(crate) lines: usize,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// What to show: a request, such as R-1042, or a page: access (which is shown without), approvals,
    /// contexts, integrations, flows, activity, settings.
    #[arg(value_name = "WHAT", conflicts_with = "palette")]
    pub(crate) what: Option<Shown>,
    /// Shows the quick-request palette: bind this to a key where the desktop gives Bellhop none.
    #[arg(long)]
    pub(crate) palette: bool,
    /// Opens your browser, also where there is a tray app: the one that BROWSER names, or that of the
    /// desktop.
    #[arg(long, conflicts_with = "print")]
    pub(crate) browser: bool,
    /// Opens nothing and prints the address: for a browser elsewhere on this machine, and for scripts
    /// that cannot speak to a Unix socket. The code in it is good for 30 seconds, and once.
    #[arg(long)]
    pub(crate) print: bool,
}

/// What can be opened: its place in the main window, without the slash in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Page(&'static str),
    Request(String),
}

const PAGES: [&str; 7] =
    ["access", "approvals", "contexts", "integrations", "flows", "activity", "settings"];

impl FromStr for Shown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(page) = PAGES.into_iter().find(|page| *page == text) {
            return Ok(Self::Page(page));
        }
        let digits = text.strip_prefix("R-").unwrap_or_default();
        if (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::Request(text.to_owned()));
        }
        Err(format!(
            "it is no number of a request, which look like R-1042 (bellhop list), and no page: {}",
            PAGES.join(", ")
        ))
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file to make. One that is there already is left alone.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Uninstall {
    /// Leaves Bellhop's account and rights in this integration's system, which cannot be reached any
    /// more. May be given several times.
    #[arg(long, value_name = "INTEGRATION")]
    pub(crate) forget: Vec<String>,
    /// Does not ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
}
