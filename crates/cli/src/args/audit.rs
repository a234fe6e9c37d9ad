//! What people type about the audit log.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

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
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(0..))]
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
