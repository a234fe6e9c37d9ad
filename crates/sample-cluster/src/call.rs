//! One request after everything around it was read, and what it is answered with.

use http::StatusCode;
use serde_json::Value;

use crate::body::Body;
use crate::kinds::Kind;
use crate::path::{Query, Resource};
use crate::user::User;
use crate::watch::Watch;

/// A call on a resource that is there.
pub(crate) struct Call {
    pub(crate) kind: &'static Kind,
    pub(crate) verb: &'static str,
    /// Of an object that is in no namespace, the namespace is empty.
    pub(crate) at: Resource,
    pub(crate) user: User,
    pub(crate) query: Query,
    pub(crate) body: Body,
    /// Whether the answer shall be a table.
    pub(crate) as_table: bool,
}

/// What a request is answered with.
pub(crate) enum Answer {
    Object(StatusCode, Value),
    Text(StatusCode, &'static str),
    /// Changes, for as long as the caller listens.
    Watch(Box<Watch>),
}

impl Answer {
    pub(crate) fn found(object: Value) -> Self {
        Self::Object(StatusCode::OK, object)
    }

    /// As the real one answers to an address that it does not know.
    pub(crate) fn missing() -> Self {
        Self::Text(StatusCode::NOT_FOUND, "404 page not found\n")
    }
}

impl Call {
    pub(crate) fn option(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether the answer is an object of the kind, or a list: a review answers something else.
    pub(crate) fn shows(&self, answer: &Value) -> bool {
        answer.get("items").is_some()
            || answer.get("kind").is_some_and(|kind| kind == self.kind.name)
    }
}
