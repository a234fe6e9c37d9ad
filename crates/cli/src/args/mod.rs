//! The command line, as people type it.

mod audit;
mod backend;
mod contexts;
mod flows;
mod requests;
mod systems;
mod targets;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use audit::{Audit, AuditList, ExportFormat};
pub(crate) use backend::{Backup, Database, Logs, Open, Serve, Service, Shown, Tour, Uninstall};
pub(crate) use contexts::{Env, Run, Shell, Use};
pub(crate) use flows::{Apply, Export, Plan};
pub(crate) use requests::{Access, Again, Approve, Decide, End, List, Number, Request, Watch};
pub(crate) use systems::{Connect, ConnectKubernetes, Credential, Disconnect};
pub(crate) use targets::{Explain, Integrations, Look, Search};

/// Just-in-time access: ask, use it for a while, and it is provably gone.
#[derive(Debug, Parser)]
#[command(
    name = "bellhop",
    version,
    max_term_width = 100,
    after_help = "First steps: `bellhop tour` shows it on a sample cluster, and `bellhop doctor` says \
                  what is missing.\n\n\
                  Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a flow, a right or a \
                  person,\n4 no such thing, 5 no backend answers, 130 broken off with Ctrl-C. \
                  bellhop run ends as\nits command did"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Keeps everything (configuration, data, socket) under this folder instead of the usual ones.
    #[arg(long, env = "BELLHOP_HOME", global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// How answers are printed.
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

/// `bellhop use CONTEXT` and nothing else. It is typed many times a day, and describing all the other
/// commands to the parser takes longer than the hop itself. What it does not read, [`Args`] does.
#[derive(Debug, Parser)]
#[command(name = "bellhop")]
pub(crate) struct Hop {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    command: HopCommand,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum HopCommand {
    Use(Use),
}

impl Hop {
    /// The hop that was asked for, if the words ask for one and are plain.
    pub(crate) fn read(words: &[OsString]) -> Option<(Common, Use)> {
        words.get(1).filter(|word| *word == "use")?;
        let Hop { common, command: HopCommand::Use(ask) } = Self::try_parse_from(words).ok()?;
        Some((common, ask))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs: the API's own JSON.
    Json,
    /// The same as YAML.
    Yaml,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Asks for access.
    Request(Request),
    /// Asks for the same as an earlier request of yours, once more.
    Again(Again),
    /// Lists requests: first what waits for you, then the others, newest first.
    List(List),
    /// Shows what matters now: what waits for you, what you have, what is wrong.
    Status,
    /// Prints what happens, as it happens.
    Watch(Watch),
    /// Shows one request.
    Show(Number),
    /// Approves a request that waits for you, or more time for one.
    Approve(Approve),
    /// Denies a request that waits for you, or more time for one.
    Deny(Decide),
    /// Takes back a request of yours that nobody decided yet.
    Withdraw(Number),
    /// Asks for more time for a request of yours, as much as its flow gives at once.
    Extend(Number),
    /// Ends a request's access now.
    End(End),
    /// Shows how to use a request's access.
    Access(Access),
    /// Finds what you may request.
    Search(Search),
    /// Says which flow lets somebody request a target, who approves, or why none does.
    Explain(Explain),
    /// Lists the connected systems, or looks at one now.
    Integrations(Integrations),
    /// Lists the kinds of systems that can be connected.
    Catalog,
    /// Runs a command with access to one target, asking for it if need be.
    Run(Run),
    /// Prints what makes one access current in one shell: eval "$(bellhop env)".
    Env(Env),
    /// Makes a kubectl context current.
    Use(Use),
    /// Lists the kubectl contexts of all kubeconfig files.
    Contexts,
    /// Connects a system.
    #[command(subcommand)]
    Connect(Connect),
    /// Takes away what connecting made in a system, and forgets the system.
    Disconnect(Disconnect),
    /// Says what configuration files would change. It changes nothing.
    Plan(Plan),
    /// Shows what configuration files would change, asks, and applies exactly that.
    Apply(Apply),
    /// Prints the configuration files in force.
    Export(Export),
    /// Reads and checks the audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Runs the backend until it is told to stop.
    Serve(Serve),
    /// Keeps the backend running for you, or stops it.
    #[command(subcommand)]
    Service(Service),
    /// Looks at everything that can be set up wrongly, and says what to do.
    ///
    /// Changes and starts nothing. Ends with 1 when something is marked BAD: it does not work, or will
    /// not. What is marked "note" is worth knowing, and ends with 0 as "ok" does.
    Doctor,
    /// Shows what the backend logged.
    Logs(Logs),
    /// Copies everything that the backend remembers into a new file, also while it runs.
    Backup(Backup),
    /// Ends what is open and removes Bellhop from clusters, kubeconfig and disk.
    Uninstall(Uninstall),
    /// Shows Bellhop at work on a sample cluster, in a folder of its own.
    Tour(Tour),
    /// Prints what makes a shell complete the commands: source <(bellhop completions bash).
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Writes the manual pages of all commands.
    Man {
        /// The folder, made when it is not there.
        folder: PathBuf,
    },
    /// Prints the reference of all commands, in Markdown.
    #[command(hide = true)]
    Reference,
    /// Opens Bellhop's window, or its pages in your browser.
    Open(Open),
    /// Answers programs that need a credential, such as kubectl.
    #[command(subcommand)]
    Credential(Credential),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn a_plain_hop_is_read_as_all_commands_would_read_it() {
        for line in [
            "bellhop use minikube",
            "bellhop use -",
            "bellhop use --output json minikube",
            "bellhop use minikube -o yaml",
            "bellhop use --home folder minikube",
            "bellhop use -- --odd",
        ] {
            let (common, hop) = Hop::read(&words(line)).expect(line);
            let whole = Args::try_parse_from(words(line)).expect(line);
            let Command::Use(meant) = whole.command else { panic!("{line}") };
            assert_eq!(hop.context, meant.context, "{line}");
            assert_eq!((common.home, common.output), (whole.common.home, whole.common.output));
        }
    }

    #[test]
    fn whatever_else_is_typed_is_left_to_all_commands() {
        for line in [
            "bellhop",
            "bellhop use",
            "bellhop use --help",
            "bellhop use a b",
            "bellhop use --nosuch a",
            "bellhop use -o xml a",
            "bellhop list",
            "bellhop --home folder use a",
        ] {
            assert!(Hop::read(&words(line)).is_none(), "{line}");
        }
    }
}
