//! The shape of a configuration file. Unknown keys are errors.

use bellhop_domain::{
    Approval, CredentialPlace, DurationRule, ExtendRule, ReasonRule, Requesters, TargetRule,
};
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// The kinds of systems, by name: what an `[[integration]]` may say.
pub(crate) const KINDS: [&str; 1] = ["kubernetes"];

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) integration: Vec<Spanned<IntegrationFile>>,
    #[serde(default)]
    pub(super) flow: Vec<Spanned<FlowFile>>,
}

/// `[[integration]]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrationFile {
    /// Its name.
    pub name: String,
    /// Connector kind.
    pub kind: String,
    /// The kubeconfig context that `bellhop connect` uses, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubeconfig_context: Option<String>,
    /// Roles that may be granted; `view` and `edit` when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offer: Vec<String>,
    /// Limits Bellhop's own rights to these namespaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Where Bellhop's own credential for it is kept: in a file, or in the keyring. Takes effect when
    /// it is connected.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub credential: CredentialPlace,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_usual(place: &CredentialPlace) -> bool {
    *place == CredentialPlace::default()
}

/// `[[flow]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowFile {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    pub(super) requesters: Requesters,
    #[serde(default)]
    pub(super) reason: ReasonRule,
    pub(super) duration: DurationRule,
    pub(super) extend: Option<ExtendRule>,
    #[serde(default)]
    pub(super) target: Vec<TargetRule>,
    /// Left out means refuse, never "automatic".
    pub(super) approval: Option<Approval>,
}

fn yes() -> bool {
    true
}
