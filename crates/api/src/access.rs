//! Access details and credentials on the wire.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// How to use a request's access: `GET /api/v1/requests/{number}/access`. Nothing in it is secret,
/// and nothing in it is a command or a path to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessDetails {
    /// The request.
    #[schema(example = "R-1042")]
    pub number: String,
    /// When it ends.
    pub deadline: DateTime<Utc>,
    /// One for each Kubernetes integration that the request reaches.
    pub kubernetes: Vec<KubernetesAccess>,
}

/// What a kubeconfig entry is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KubernetesAccess {
    /// Name of the integration.
    pub integration: String,
    /// Address of the API server, `https://…`.
    #[schema(example = "https://203.0.113.7:6443")]
    pub server: String,
    /// Certificate authority, PEM in base64; none when a public one signs it.
    pub ca: Option<String>,
    /// Name to expect in the server's certificate, when it is not the host's.
    pub tls_server_name: Option<String>,
    /// Namespaces that can be used now.
    pub namespaces: Vec<String>,
}

/// A credential minted for this answer and stored nowhere.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Credential {
    /// The token. It is minted for this answer and stored nowhere.
    #[schema(value_type = String, format = Password)]
    #[serde(serialize_with = "exposed")]
    pub token: SecretString,
    /// When to ask for another: the earlier of its own end and the deadline.
    pub expires_at: DateTime<Utc>,
}

/// The one place where a secret leaves the process: towards whom it is for.
pub(crate) fn exposed<S: Serializer>(
    token: &SecretString,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose_secret())
}
