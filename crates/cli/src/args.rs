//! The command line, as people type it.

use std::path::PathBuf;

use bellhop_domain::Span;
use clap::{Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

/// Just-in-time access: ask, use it for a while, and it is provably gone.
#[derive(Debug, Parser)]
#[command(
    name = "bellhop",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a flow, a right or \
                  a person, 4 no such thing, 5 no backend answers"
)]
pub(crate) struct Args {
    /// Keeps everything (configuration, data, socket) under this folder instead of the usual ones.
    #[arg(long, env = "BELLHOP_HOME", global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// How answers are printed.
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs: the API's own JSON.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Asks for access.
    Request(Request),
    /// Lists requests: first what waits for you, then the others, newest first.
    List(List),
    /// Shows one request.
    Show(Number),
    /// Approves a request that waits for you, or more time for one.
    Approve(Decide),
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
    /// Lists the connected systems.
    Integrations,
    /// Connects a system.
    #[command(subcommand)]
    Connect(Connect),
    /// Reads and checks the audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Runs the backend until it is told to stop.
    Serve(Database),
    /// Copies everything that the backend remembers into a new file, also while it runs.
    Backup(Backup),
    /// Answers programs that need a credential, such as kubectl.
    #[command(subcommand)]
    Credential(Credential),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Request {
    /// What you need, as INTEGRATION/TYPE/RESOURCE:PERMISSION.
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// For how long: 30m, 1h, 1h30m. The flow's default when left out.
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) duration: Option<Span>,
    /// Why you need it.
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
    /// Waits until somebody has decided and the access works, and adds its kubectl context.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Makes the added context the current one.
    #[arg(long = "use", requires = "wait")]
    pub(crate) use_context: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Leaves out what is over.
    #[arg(long)]
    pub(crate) open: bool,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Number {
    /// The request, such as R-1042.
    pub(crate) number: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Decide {
    /// The request, such as R-1042.
    pub(crate) number: String,
    /// Why, for the requester and the audit log.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub(crate) note: String,
    /// Decides about what is shown without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

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

#[derive(Debug, clap::Args)]
pub(crate) struct End {
    /// The request, such as R-1042.
    pub(crate) number: String,
    /// Does not wait until the access is shown to be gone.
    #[arg(long)]
    pub(crate) no_wait: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Access {
    /// The request, such as R-1042.
    pub(crate) number: String,
    /// Adds the kubectl context of this access to your kubeconfig.
    #[arg(long)]
    pub(crate) add_context: bool,
    /// Makes the added context the current one.
    #[arg(long = "use", requires = "add_context")]
    pub(crate) use_context: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Connect {
    /// Connects a Kubernetes cluster through a kubeconfig context, which is used once.
    Kubernetes(ConnectKubernetes),
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that people type")]
pub(crate) struct ConnectKubernetes {
    /// The integration, as the configuration names it.
    pub(crate) name: String,
    /// The kubeconfig context of somebody who may create the rights in the manifest.
    #[arg(long)]
    pub(crate) context: Option<String>,
    /// Roles that may be granted, separated by commas [default: view,edit].
    #[arg(long, value_delimiter = ',')]
    pub(crate) offer: Vec<String>,
    /// Limits Bellhop's own rights to these namespaces, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) namespaces: Vec<String>,
    /// Prints the manifest of the rights and changes nothing.
    #[arg(long)]
    pub(crate) manifest: bool,
    /// Uses the kubeconfig's credential directly instead of making an own one.
    #[arg(long)]
    pub(crate) direct: bool,
    /// With --direct: accepts a credential that may run out while access is open.
    #[arg(long, requires = "direct")]
    pub(crate) accept_stuck: bool,
    /// Does not ask before the manifest is applied.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Lists what happened, oldest first.
    List {
        /// Only what concerns this request.
        #[arg(long, value_name = "NUMBER")]
        request: Option<String>,
        /// Only rows after this place in the log.
        #[arg(long)]
        after: Option<i64>,
        /// At most this many.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Checks that every row fits the one before it: one that was changed or taken out shows.
    Verify {
        /// Compares with what was exported before: shows also when the newest rows were cut off, or
        /// when all were written anew.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
        /// Checks an exported file alone, with no backend.
        #[arg(long, value_name = "FILE", conflicts_with = "against")]
        file: Option<PathBuf>,
    },
    /// Prints the whole log, one row a line, exactly as it is stored and hashed.
    Export {
        /// Only rows after this place in the log.
        #[arg(long, value_parser = clap::value_parser!(i64).range(0..))]
        after: Option<i64>,
        /// How rows are printed.
        #[arg(long, value_enum, default_value_t = ExportFormat::Jsonl)]
        format: ExportFormat,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// {"hash": SHA-256 of the event's text, "event": the event} in each line.
    Jsonl,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Credential {
    /// Prints a short-lived token as an ExecCredential; kubectl calls this by itself.
    Kubernetes {
        /// The integration.
        #[arg(long)]
        integration: String,
    },
}
