//! The caller's own machine on the wire: the kubectl contexts of its kubeconfig files.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of a [`Change`](crate::Change) that tells of other contexts.
pub const CONTEXTS_CHANGED: &str = "workstation.contexts";

/// The kubectl contexts of this machine: `GET /api/v1/workstation/contexts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contexts {
    /// The contexts in the order of the files; of two with one name the first, as kubectl does.
    pub contexts: Vec<KubeContext>,
    /// The current context, also one that is in no file. None when no file names one.
    #[schema(example = "minikube")]
    pub current: Option<String>,
    /// The context to hop back to; none when none is known, or when it is gone.
    pub before: Option<String>,
    /// The kubeconfig files, as `KUBECONFIG` lists them. One that does not exist has no contexts.
    #[schema(example = json!(["/home/mira/.kube/config"]))]
    pub files: Vec<String>,
    /// Files that do not read. What they hold is not listed.
    pub broken: Vec<BrokenKubeconfig>,
    /// Contexts that are not listed because there are too many.
    pub left_out: u32,
}

/// A kubectl context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KubeContext {
    /// Its name.
    #[schema(example = "bellhop-k8s-demo")]
    pub name: String,
    /// The file it is in.
    #[schema(example = "/home/mira/.kube/config")]
    pub file: String,
    /// Whether kubectl uses it when nothing else is said.
    pub current: bool,
    /// Whether its name says that it is for production.
    pub production: bool,
    /// Whether Bellhop made it. It goes when the access ends.
    pub bellhop: bool,
    /// The integration that it was made for, if Bellhop made it.
    #[schema(example = "k8s-demo")]
    pub integration: Option<String>,
    /// The requests that need it, if Bellhop made it.
    #[schema(example = json!(["R-1042"]))]
    pub requests: Vec<String>,
    /// The cluster's address, without anything in it that signs in.
    #[schema(example = "https://127.0.0.1:6443")]
    pub server: Option<String>,
    /// The namespace that kubectl takes when none is named.
    pub namespace: Option<String>,
}

/// A kubeconfig file that does not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BrokenKubeconfig {
    /// The file.
    pub file: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// Makes a context current: `POST /api/v1/workstation/hop`. Either a name, or back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    /// The context to make current.
    #[schema(example = "minikube", max_length = 1000)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether to go back to the one that was current before the last hop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
}

/// Adds the contexts of a request's access, and makes the first of them current:
/// `POST /api/v1/workstation/use`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseAccess {
    /// The request.
    #[schema(example = "R-1042", max_length = 100)]
    pub request: String,
    /// The namespace that kubectl begins in, one of the access; the first when left out.
    #[schema(example = "customer1", max_length = 253)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What a hop came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hopped {
    /// The current context.
    pub context: String,
    /// The one that was current before; none if there was none.
    pub was: Option<String>,
}
