//! What people type about what can be asked for.

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// A few letters of each part, in any order: cust1 edit. Everything when left out, what you
    /// requested lately first.
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// At most this many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The target, whole, or as short as it is one alone.
    pub(crate) target: String,
    /// Somebody else than you; for admins and auditors.
    #[arg(long = "as", value_name = "PERSON")]
    pub(crate) person: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Integrations {
    #[command(subcommand)]
    pub(crate) what: Option<Look>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Look {
    /// Shows one: how it is, what of its work fails, and for admins how it is connected.
    Show {
        /// The integration.
        name: String,
    },
    /// Reads what can be asked for there now, as happens every five minutes by itself.
    Sync {
        /// The integration.
        name: String,
    },
    /// Asks now whether it answers and gives Bellhop the rights that it needs.
    Check {
        /// The integration.
        name: String,
    },
}
