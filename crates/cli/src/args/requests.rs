//! What people type about requests.

use bellhop_domain::Span;

#[derive(Debug, clap::Args)]
pub(crate) struct Request {
    /// What you need, as INTEGRATION/TYPE/RESOURCE:PERMISSION, or as short as it is one of yours
    /// alone: customer1, customer1:edit. `bellhop search` finds them. Left out at a terminal, you are
    /// asked for it.
    #[arg(value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// For how long: 30m, 1h, 1h30m. The flow's default when left out.
    #[arg(long = "for", value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) duration: Option<Span>,
    /// Why you need it.
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
    /// Says what it would come to, and asks for nothing.
    #[arg(long, conflicts_with = "wait")]
    pub(crate) preview: bool,
    /// Waits until somebody has decided and the access works, and adds its kubectl context.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Makes the added context the current one.
    #[arg(long = "use", requires = "wait")]
    pub(crate) use_context: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Again {
    /// The request, such as R-1042.
    pub(crate) number: String,
    /// For how long [default: as it was].
    #[arg(long = "for", value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) duration: Option<Span>,
    /// Why you need it [default: as it was].
    #[arg(long)]
    pub(crate) reason: Option<String>,
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
pub(crate) struct Approve {
    #[command(flatten)]
    pub(crate) decide: Decide,
    /// For how long to approve, when that is less than was asked for: 30m, 1h.
    #[arg(long = "for", value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) duration: Option<Span>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct End {
    /// The request, such as R-1042.
    pub(crate) number: String,
    /// Why, for the requester and the audit log.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub(crate) note: String,
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
    /// The namespace that kubectl begins in, one of the access; the first when left out.
    #[arg(long, short, requires = "add_context")]
    pub(crate) namespace: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Watch {
    /// Only this request, such as R-1042, until it is over.
    pub(crate) number: Option<String>,
}
