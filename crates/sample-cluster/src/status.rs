//! Refusals, in the words of the real API server: people and programs read them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kinds::{Kind, dotted};
use crate::object;

/// An answer that is no success.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: StatusCode,
    reason: &'static str,
    pub(crate) message: String,
    details: Box<Value>,
}

/// What is wrong with one field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    field: String,
    reason: &'static str,
    message: String,
}

impl Flaw {
    pub(crate) fn required(field: impl Into<String>, why: &str) -> Self {
        let message = format!("Required value: {why}");
        Self { field: field.into(), reason: "FieldValueRequired", message }
    }

    /// `shown` is the value as Go prints it.
    pub(crate) fn invalid(field: impl Into<String>, shown: &str, why: &str) -> Self {
        let message = format!("Invalid value: {shown}: {why}");
        Self { field: field.into(), reason: "FieldValueInvalid", message }
    }

    pub(crate) fn forbidden(field: impl Into<String>, why: &str) -> Self {
        let message = format!("Forbidden: {why}");
        Self { field: field.into(), reason: "FieldValueForbidden", message }
    }

    /// The refusal of an object for it. Not every kind that can be sent is in the table.
    pub(crate) fn refusal(&self, (kind, group, name): (&str, &str, &str)) -> Refusal {
        let Self { field, reason, message } = self;
        let text = format!("{} {name:?} is invalid: {field}: {message}", dotted(kind, group));
        let cause = json!({ "reason": reason, "message": message, "field": field });
        let mut refusal = Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", text)
            .about(kind, group, name);
        object::set(&mut refusal.details, "causes", json!([cause]));
        refusal
    }
}

impl Refusal {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Box::new(json!({})) }
    }

    fn about(mut self, kind: &str, group: &str, name: &str) -> Self {
        for (key, value) in [("kind", kind), ("group", group), ("name", name)] {
            if !value.is_empty() {
                object::set(&mut self.details, key, value);
            }
        }
        self
    }

    /// About an object: `why` says what is the matter with it.
    fn of(code: StatusCode, reason: &'static str, (kind, name): (&Kind, &str), why: &str) -> Self {
        let message = format!("{} {name:?} {why}", dotted(kind.plural, kind.group));
        Self::new(code, reason, message).about(kind.plural, kind.group, name)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// `name` is empty where a whole collection was meant.
    pub(crate) fn forbidden((plural, group, name): (&str, &str, &str), why: &str) -> Self {
        let what = dotted(plural, group);
        let named = if name.is_empty() { what } else { format!("{what} {name:?}") };
        let message = format!("{named} is forbidden: {why}");
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(plural, group, name)
    }

    pub(crate) fn forbidden_path(why: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", format!("forbidden: {why}"))
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        Self::of(StatusCode::NOT_FOUND, "NotFound", (kind, name), "not found")
    }

    /// No object is meant: there is no such resource.
    pub(crate) fn unknown_resource() -> Self {
        let message = "the server could not find the requested resource";
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        Self::of(StatusCode::CONFLICT, "AlreadyExists", (kind, name), "already exists")
    }

    /// Somebody else was faster.
    pub(crate) fn conflict(kind: &Kind, name: &str, why: &str) -> Self {
        let what = dotted(kind.plural, kind.group);
        let message = format!("Operation cannot be fulfilled on {what} {name:?}: {why}");
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind.plural, kind.group, name)
    }

    pub(crate) fn gone(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    pub(crate) fn media_type(accepted: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: {accepted}"
        );
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    pub(crate) fn method() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("Request entity too large: limit is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }

    pub(crate) fn too_many(message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
    }

    /// What a real cluster would do here, and this one cannot.
    pub(crate) fn not_here(why: &str) -> Self {
        let message = format!("this is a sample cluster: {why}");
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// The `Status` object.
    pub(crate) fn body(&self) -> Value {
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "details": self.details,
            "code": self.code.as_u16(),
        })
    }
}
