//! What people type about the audit log.

use std::path::PathBuf;

use bellhop_api::AuditQuery;
use bellhop_domain::Span;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Subcommand, ValueEnum};

use crate::session;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Lists what happened, oldest first.
    List(AuditList),
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

#[derive(Debug, clap::Args)]
pub(crate) struct AuditList {
    /// Only what concerns this request.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) request: Option<String>,
    /// Only what this person did; system for what nobody did.
    #[arg(long, value_name = "HANDLE")]
    pub(crate) who: Option<String>,
    /// Only what is of this kind: a whole one, such as grant.active, or its first word.
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Only what concerns this integration, or access to it.
    #[arg(long, value_name = "NAME")]
    pub(crate) integration: Option<String>,
    /// Only what concerns targets with this in their text.
    #[arg(long, value_name = "TEXT")]
    pub(crate) target: Option<String>,
    /// Only from this moment on: 2026-11-21T09:00:00Z, a day (of UTC) such as 2026-11-21, or how long
    /// ago, such as 2h.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<DateTime<Utc>>,
    /// Only before this moment.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<DateTime<Utc>>,
    /// Only rows that say this somewhere.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Only rows after this place in the log.
    #[arg(long)]
    pub(crate) after: Option<i64>,
    /// At most this many.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
}

/// A moment as people say it.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0).map(|at| at.and_utc());
    let ago = || Some(session::now() - text.parse::<Span>().ok()?.delta());
    at.or_else(day).or_else(ago).ok_or_else(|| {
        "no time looks like that. Say 2026-11-21T09:00:00Z, a day (of UTC) such as 2026-11-21, or how \
         long ago, such as 2h"
            .to_owned()
    })
}

impl From<AuditList> for AuditQuery {
    fn from(ask: AuditList) -> Self {
        let AuditList { request, who, kind, integration, target, since, until, search, .. } = ask;
        let (after, limit) = (ask.after, Some(ask.limit));
        Self {
            request,
            who,
            kind,
            integration,
            target,
            since,
            until,
            q: search,
            after,
            cursor: None,
            limit,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// {"hash": SHA-256 of the event's text, "event": the event} in each line.
    Jsonl,
    /// A table for people and spreadsheets.
    Csv,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_a_day_or_a_while_ago() {
        let said = |text: &str| moment(text).map(|at| at.to_rfc3339());
        assert_eq!(said("2026-11-21T10:00:00+01:00"), Ok("2026-11-21T09:00:00+00:00".to_owned()));
        assert_eq!(said("2026-11-21"), Ok("2026-11-21T00:00:00+00:00".to_owned()));
        let before = session::now();
        let ago = moment("2h").expect("reads") - before;
        assert!((-7_200..=-7_190).contains(&ago.num_seconds()), "{ago}");
        for wrong in ["yesterday", "2026-13-01", "-2h", "", "25:00"] {
            assert!(moment(wrong).is_err_and(|why| why.contains("such as 2h")), "{wrong}");
        }
    }
}
