//! What people type about kubectl contexts.

use std::ffi::OsString;

use bellhop_domain::Span;
use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub(crate) struct Use {
    /// The context, Bellhop's or any other. A lone dash goes back to the one before.
    pub(crate) context: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Env {
    /// The request, such as R-1042, or the context, such as bellhop-k8s-demo. Your one active
    /// access when left out.
    #[arg(value_name = "REQUEST|CONTEXT")]
    pub(crate) what: Option<String>,
    /// The shell that reads it.
    #[arg(long, value_enum, default_value_t = Shell::Sh)]
    pub(crate) shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// sh, bash, zsh and the like: eval "$(bellhop env)"
    Sh,
    /// bellhop env --shell fish | source
    Fish,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// What CMD needs, as INTEGRATION/TYPE/RESOURCE:PERMISSION, or as short as it is one of yours
    /// alone.
    pub(crate) target: String,
    /// For how long to ask, if you have no access yet: 30m, 1h, 1h30m.
    #[arg(long = "for", value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) duration: Option<Span>,
    /// Why you need it, if it has to be asked for.
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
    /// Ends the access when CMD has ended. Otherwise it stays until its deadline.
    #[arg(long)]
    pub(crate) end: bool,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}
