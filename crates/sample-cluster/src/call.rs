//! One request after everything around it was read, and what it is answered with.

use http::StatusCode;
use serde_json::Value;

use crate::body::Body;
use crate::kinds::Kind;
use crate::path::{Query, Resource};
use crate::select::{Fields, Labels};
use crate::status::Refusal;
use crate::user::User;

/// A call on a resource that is there.
pub(crate) struct Call {
    pub(crate) kind: &'static Kind,
    pub(crate) at: Resource,
    pub(crate) user: User,
    pub(crate) query: Query,
    pub(crate) body: Body,
    /// Whether the answer shall be a table.
    pub(crate) as_table: bool,
}

/// What a call is answered with.
pub(crate) enum Answer {
    /// An object, or a list of them.
    Object(StatusCode, Value),
    /// Changes from this version on, for as long as the caller listens.
    Watch { from: u64, first: Vec<Value> },
}

impl Answer {
    pub(crate) fn found(object: Value) -> Self {
        Self::Object(StatusCode::OK, object)
    }

    pub(crate) fn made(object: Value) -> Self {
        Self::Object(StatusCode::CREATED, object)
    }
}

/// What a list or watch is limited to.
pub(crate) struct Chosen {
    namespace: String,
    labels: Labels,
    fields: Fields,
}

impl Chosen {
    pub(crate) fn of(call: &Call) -> Result<Self, Refusal> {
        let option = |name: &str| call.query.get(name).map_or("", String::as_str);
        Ok(Self {
            namespace: call.at.namespace.clone(),
            labels: Labels::parse(option("labelSelector"))?,
            fields: Fields::parse(call.kind, option("fieldSelector"))?,
        })
    }

    pub(crate) fn includes(&self, object: &Value) -> bool {
        let here = self.namespace.is_empty() || crate::object::namespace(object) == self.namespace;
        here && self.labels.matches(object) && self.fields.matches(object)
    }
}

impl Call {
    pub(crate) fn option(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Nothing is kept of a call that only wants to know whether it would work.
    pub(crate) fn is_dry(&self) -> bool {
        self.option("dryRun") == "All"
    }
}
