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

impl AccessDetails {
    /// Puts the system and the namespace that kubectl is to begin in first. False, and nothing is
    /// changed, where no system of the access has it.
    pub fn begin_in(&mut self, namespace: &str) -> bool {
        let has = |access: &KubernetesAccess| access.namespaces.iter().any(|n| n == namespace);
        let Some(at) = self.kubernetes.iter().position(has) else { return false };
        let mut first = self.kubernetes.remove(at);
        // The others keep their order.
        first.namespaces.sort_by_key(|name| name != namespace);
        self.kubernetes.insert(0, first);
        true
    }

    /// What to say where no system of the access has a namespace.
    pub fn elsewhere(&self, namespace: &str) -> String {
        let all = self.kubernetes.iter().flat_map(|access| &access.namespaces);
        let all: Vec<_> = all.map(String::as_str).collect();
        let number = &self.number;
        if all.is_empty() {
            return format!("{number} gives access to no namespace now. See bellhop show {number}");
        }
        format!("{number} gives no access to {namespace:?}. Its namespaces: {}", all.join(", "))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectl_begins_in_the_namespace_that_was_named() {
        let system = |name: &str, namespaces: &[&str]| KubernetesAccess {
            integration: name.to_owned(),
            server: String::new(),
            ca: None,
            tls_server_name: None,
            namespaces: namespaces.iter().map(|&name| name.to_owned()).collect(),
        };
        let mut details = AccessDetails {
            number: "R-1".to_owned(),
            deadline: DateTime::UNIX_EPOCH,
            kubernetes: vec![system("one", &["a"]), system("two", &["b", "c"]), system("six", &[])],
        };
        let before = details.clone();
        assert!(!details.begin_in("d"));
        assert_eq!(details, before);
        assert_eq!(details.elsewhere("d"), "R-1 gives no access to \"d\". Its namespaces: a, b, c");
        assert!(details.begin_in("c"));
        assert_eq!(
            details.kubernetes,
            [system("two", &["c", "b"]), system("one", &["a"]), system("six", &[])]
        );
        details.kubernetes.clear();
        assert_eq!(
            details.elsewhere("d"),
            "R-1 gives access to no namespace now. See bellhop show R-1"
        );
    }
}
