//! What people type about connected systems.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Connect {
    /// Connects a Kubernetes cluster through a kubeconfig context, which is used once.
    Kubernetes(ConnectKubernetes),
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that people type")]
pub(crate) struct ConnectKubernetes {
    /// The integration, as the configuration names it; any other name with --new.
    pub(crate) name: String,
    /// Makes the integration, so that it need not be in the configuration.
    #[arg(long)]
    pub(crate) new: bool,
    /// Says what would keep it from being connected, and changes nothing.
    #[arg(long, conflicts_with_all = ["manifest", "direct"])]
    pub(crate) check: bool,
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

#[derive(Debug, clap::Args)]
pub(crate) struct Disconnect {
    /// The integration.
    pub(crate) name: String,
    /// The kubeconfig context of somebody who may delete Bellhop's rights.
    #[arg(long)]
    pub(crate) context: Option<String>,
    /// Deletes nothing there, because it cannot be reached any more.
    #[arg(long, conflicts_with = "context")]
    pub(crate) forget: bool,
    /// Does not ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
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
