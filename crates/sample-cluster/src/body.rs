//! Bodies of requests: JSON, protobuf, or YAML that is applied; all read as JSON.

use serde_json::Value;

use crate::object;
use crate::protobuf;
use crate::status::Refusal;

/// A body as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) media: String,
    pub(crate) bytes: bytes::Bytes,
}

impl Body {
    pub(crate) fn new(content_type: &str, bytes: bytes::Bytes) -> Self {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        Self { media, bytes }
    }

    /// An object, of whatever kind.
    pub(crate) fn read(&self) -> Result<Value, Refusal> {
        match self.media.as_str() {
            "application/json" | "" => self.json(),
            "application/vnd.kubernetes.protobuf" => protobuf::read(&self.bytes)
                .ok_or_else(|| Refusal::bad_request("the body is no protobuf that is known here")),
            _ => Err(Refusal::media_type("application/json, application/vnd.kubernetes.protobuf")),
        }
    }

    /// An object of this kind and version.
    pub(crate) fn object(&self, kind: &str, api_version: &str) -> Result<Value, Refusal> {
        of_kind(self.read()?, kind, api_version)
    }

    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        serde_json::from_slice(&self.bytes)
            .map_err(|error| Refusal::bad_request(format!("error decoding JSON: {error}")))
    }

    pub(crate) fn yaml(&self) -> Result<Value, Refusal> {
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        serde_saphyr::from_str(text)
            .map_err(|error| Refusal::bad_request(format!("error decoding YAML: {error}")))
    }
}

/// The object without its nulls, if it is of this kind and version, or says neither.
pub(crate) fn of_kind(value: Value, kind: &str, api_version: &str) -> Result<Value, Refusal> {
    for (at, wanted) in [("/kind", kind), ("/apiVersion", api_version)] {
        let said = object::word(&value, at);
        if !value.is_object() || (!said.is_empty() && said != wanted) {
            return Err(Refusal::bad_request(format!(
                "{said:?} cannot be handled as a {kind} of {api_version}"
            )));
        }
    }
    Ok(object::without_nulls(value))
}
