//! A closer look at a connected system: what it takes to reach it, and what is there that should
//! not be. Nothing is changed.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

/// What a look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// `PATH` of the shell that connected it.
    pub path: Option<String>,
    /// `HTTPS_PROXY` of that shell, without a password.
    pub https_proxy: Option<String>,
    /// `NO_PROXY` of that shell.
    pub no_proxy: Option<String>,
    /// The proxy that connections take, without a password; they go straight when empty.
    pub proxy: Option<String>,
    /// The plugin whose credential is used; none when Bellhop uses its own.
    pub plugin: Option<Plugin>,
    /// What other installations should have taken away, the longest overdue first: at most
    /// [`MOST_OVERDUE`].
    pub overdue: Vec<Overdue>,
    /// What could not be looked at, each with why.
    pub unseen: Vec<String>,
}

/// So much of what is overdue is told.
pub const MOST_OVERDUE: usize = 100;

/// A program that gives a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    /// As it is named where it is configured.
    pub command: String,
    /// Where it is; none when it was not found.
    pub found: Option<PathBuf>,
}

/// Access that another installation made, well past its deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Whose it is, as its mark says.
    pub installation: String,
    /// What and where it is, in words.
    pub what: String,
    /// When it should have ended.
    pub deadline: DateTime<Utc>,
    /// Namespace and name of the role binding, where it is one.
    pub binding: Option<(String, String)>,
}
