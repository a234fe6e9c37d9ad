//! Refusals, in the words of the real API server: people and programs read them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kinds::{Kind, dotted};

/// An answer that is no success.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: StatusCode,
    reason: &'static str,
    pub(crate) message: String,
    details: Option<Box<Value>>,
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
        let message =
            if why.is_empty() { "Required value".into() } else { format!("Required value: {why}") };
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

    pub(crate) fn unsupported(field: impl Into<String>, value: &str, known: &[&str]) -> Self {
        let known: Vec<String> = known.iter().map(|one| format!("{one:?}")).collect();
        let message =
            format!("Unsupported value: {value:?}: supported values: {}", known.join(", "));
        Self { field: field.into(), reason: "FieldValueNotSupported", message }
    }
}

impl Refusal {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: None }
    }

    fn about(mut self, kind: &str, group: &str, name: &str) -> Self {
        let mut details = json!({});
        for (key, value) in [("kind", kind), ("group", group), ("name", name)] {
            if let (false, Some(all)) = (value.is_empty(), details.as_object_mut()) {
                all.insert(key.to_owned(), value.into());
            }
        }
        self.details = Some(Box::new(details));
        self
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// `name` is empty where a whole collection was meant.
    pub(crate) fn forbidden(plural: &str, group: &str, name: &str, why: &str) -> Self {
        let what = dotted(plural, group);
        let named = if name.is_empty() { what } else { format!("{what} {name:?}") };
        let message = format!("{named} is forbidden: {why}");
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(plural, group, name)
    }

    pub(crate) fn forbidden_path(why: &str) -> Self {
        let message = format!("forbidden: {why}");
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about("", "", "")
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} not found", kind.qualified());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(kind.plural, kind.group, name)
    }

    /// No object is meant: there is no such resource.
    pub(crate) fn unknown_resource() -> Self {
        let message = "the server could not find the requested resource";
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about("", "", "")
    }

    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", kind.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(
            kind.plural,
            kind.group,
            name,
        )
    }

    /// Somebody else was faster.
    pub(crate) fn conflict(kind: &Kind, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: the object has been modified; please apply your \
             changes to the latest version and try again",
            kind.qualified()
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind.plural, kind.group, name)
    }

    /// A precondition of a deletion that does not hold.
    pub(crate) fn precondition(kind: &Kind, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.qualified_name());
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind.name, kind.group, name)
    }

    pub(crate) fn gone(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// `name` and `group` are the kind's own: `TokenRequest` has none in the table.
    pub(crate) fn invalid(kind: &str, group: &str, name: &str, flaws: &[Flaw]) -> Self {
        let texts: Vec<String> =
            flaws.iter().map(|flaw| format!("{}: {}", flaw.field, flaw.message)).collect();
        let all = match texts.as_slice() {
            [one] => one.clone(),
            more => format!("[{}]", more.join(", ")),
        };
        let message = format!("{} {name:?} is invalid: {all}", dotted(kind, group));
        let mut refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
            .about(kind, group, name);
        let causes: Vec<Value> = flaws
            .iter()
            .map(|flaw| {
                json!({ "reason": flaw.reason, "message": flaw.message, "field": flaw.field })
            })
            .collect();
        if let Some(all) = refusal.details.as_mut().and_then(|details| details.as_object_mut()) {
            all.insert("causes".to_owned(), causes.into());
        }
        refusal
    }

    pub(crate) fn media_type(accepted: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: {accepted}"
        );
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    pub(crate) fn method() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).about("", "", "")
    }

    /// A JSON patch that does not fit the object.
    pub(crate) fn misfit() -> Self {
        let message = "the server rejected our request due to an error in our request";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message).about("", "", "")
    }

    pub(crate) fn too_large() -> Self {
        let message = "Request entity too large: limit is 262144";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }

    pub(crate) fn too_many(message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }

    /// What a real cluster would do here, and this one cannot.
    pub(crate) fn not_here(message: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// The `Status` object.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code.as_u16(),
        });
        if let (Some(details), Some(all)) = (&self.details, body.as_object_mut()) {
            all.insert("details".to_owned(), (**details).clone());
        }
        body
    }
}
