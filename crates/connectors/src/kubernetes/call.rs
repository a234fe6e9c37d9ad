//! One call to an API server: what it asks for, and how that is said in words.

use std::fmt;

use http::{Method, Request, header};
use kube::client::Body;
use serde::Serialize;
use serde_json::json;

use super::names::encoded;
use crate::Fault;

/// What Bellhop ever asks an API server about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Version,
    Namespace,
    Pod,
    ServiceAccount,
    Token,
    Role,
    ClusterRole,
    RoleBinding,
    ClusterRoleBinding,
    AccessReview,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Version => "",
            Self::Namespace | Self::Pod | Self::ServiceAccount | Self::Token => "/api/v1",
            Self::Role | Self::ClusterRole | Self::RoleBinding | Self::ClusterRoleBinding => {
                "/apis/rbac.authorization.k8s.io/v1"
            }
            Self::AccessReview => "/apis/authorization.k8s.io/v1",
        }
    }

    /// As RBAC spells the group.
    pub(super) fn group(self) -> &'static str {
        self.prefix()
            .strip_prefix("/apis/")
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default()
    }

    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Namespace => "namespaces",
            Self::Pod => "pods",
            Self::ServiceAccount | Self::Token => "serviceaccounts",
            Self::Role => "roles",
            Self::ClusterRole => "clusterroles",
            Self::RoleBinding => "rolebindings",
            Self::ClusterRoleBinding => "clusterrolebindings",
            Self::AccessReview => "selfsubjectaccessreviews",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    List,
    Create,
    Apply,
    Merge,
    Delete,
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) verb: Verb,
    pub(super) kind: Kind,
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    query: String,
    body: Option<Vec<u8>>,
}

impl Call {
    fn new(verb: Verb, kind: Kind, namespace: Option<&str>, name: Option<&str>) -> Self {
        let (namespace, name) = (namespace.map(str::to_owned), name.map(str::to_owned));
        Self { verb, kind, namespace, name, query: String::new(), body: None }
    }

    pub(super) fn get(kind: Kind, namespace: Option<&str>, name: &str) -> Self {
        Self::new(Verb::Get, kind, namespace, Some(name))
    }

    pub(super) fn version() -> Self {
        Self::new(Verb::Get, Kind::Version, None, None)
    }

    /// One page of a list, of those with these labels.
    pub(super) fn list(kind: Kind, namespace: Option<&str>, selector: &str, after: &str) -> Self {
        let mut call = Self::new(Verb::List, kind, namespace, None);
        call.query =
            format!("limit=500&labelSelector={}&continue={}", encoded(selector), encoded(after));
        call
    }

    pub(super) fn create(
        kind: Kind,
        namespace: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Self, Fault> {
        let mut call = Self::new(Verb::Create, kind, namespace, None);
        call.body = Some(json(body)?);
        Ok(call)
    }

    /// A token for an account, living for this many seconds.
    pub(super) fn token(namespace: &str, account: &str, seconds: i64) -> Result<Self, Fault> {
        let mut call = Self::new(Verb::Create, Kind::Token, Some(namespace), Some(account));
        call.body = Some(json(&json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": { "expirationSeconds": seconds },
        }))?);
        Ok(call)
    }

    /// Server-side apply of one YAML document.
    pub(super) fn apply(kind: Kind, namespace: Option<&str>, name: &str, yaml: &str) -> Self {
        let mut call = Self::new(Verb::Apply, kind, namespace, Some(name));
        "fieldManager=bellhop&force=true".clone_into(&mut call.query);
        call.body = Some(yaml.as_bytes().to_vec());
        call
    }

    pub(super) fn merge(
        kind: Kind,
        at: (&str, &str),
        patch: &impl Serialize,
    ) -> Result<Self, Fault> {
        let mut call = Self::new(Verb::Merge, kind, Some(at.0), Some(at.1));
        "fieldManager=bellhop".clone_into(&mut call.query);
        call.body = Some(json(patch)?);
        Ok(call)
    }

    /// Deletes; with a `uid`, only the very object that was read.
    pub(super) fn delete(
        kind: Kind,
        namespace: Option<&str>,
        name: &str,
        uid: Option<&str>,
    ) -> Result<Self, Fault> {
        let mut call = Self::new(Verb::Delete, kind, namespace, Some(name));
        if let Some(uid) = uid {
            call.body = Some(json(&json!({ "preconditions": { "uid": uid } }))?);
        }
        Ok(call)
    }

    fn path(&self) -> String {
        let mut path = self.kind.prefix().to_owned();
        if let Some(namespace) = &self.namespace {
            path = format!("{path}/namespaces/{}", encoded(namespace));
        }
        path = format!("{path}/{}", self.kind.plural());
        if let Some(name) = &self.name {
            path = format!("{path}/{}", encoded(name));
        }
        if self.kind == Kind::Token {
            path.push_str("/token");
        }
        if self.query.is_empty() { path } else { format!("{path}?{}", self.query) }
    }

    /// The call on the wire, without anything that says who calls.
    pub(super) fn request(self) -> Result<Request<Body>, Fault> {
        let (method, content) = match self.verb {
            Verb::Get | Verb::List => (Method::GET, "application/json"),
            Verb::Create => (Method::POST, "application/json"),
            Verb::Apply => (Method::PATCH, "application/apply-patch+yaml"),
            Verb::Merge => (Method::PATCH, "application/merge-patch+json"),
            Verb::Delete => (Method::DELETE, "application/json"),
        };
        let path = self.path();
        Request::builder()
            .method(method)
            .uri(&path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, content)
            .body(Body::from(self.body.unwrap_or_default()))
            .map_err(|error| Fault::Impossible(format!("\"{path}\" is no address: {error}")))
    }
}

/// As RBAC would name the right: `create rolebindings in customer1`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.verb {
            Verb::Get => "get",
            Verb::List => "list",
            Verb::Create => "create",
            Verb::Apply | Verb::Merge => "patch",
            Verb::Delete => "delete",
        };
        write!(f, "{verb} {}", self.kind.plural())?;
        if self.kind == Kind::Token {
            write!(f, "/token")?;
        }
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        match &self.namespace {
            Some(namespace) => write!(f, " in {namespace}"),
            None => Ok(()),
        }
    }
}

fn json(body: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(body)
        .map_err(|error| Fault::Impossible(format!("cannot be written as JSON: {error}")))
}
