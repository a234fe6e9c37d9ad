//! Bodies of requests: JSON, YAML or protobuf, all read as JSON.

use serde_json::Value;

use crate::kinds::Kind;
use crate::object;
use crate::protobuf;
use crate::status::Refusal;

const ACCEPTED: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

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
            "application/yaml" => self.yaml(),
            "application/vnd.kubernetes.protobuf" => protobuf::read(&self.bytes)
                .ok_or_else(|| Refusal::bad_request("the body is no protobuf that is known here")),
            _ => Err(Refusal::media_type(ACCEPTED)),
        }
    }

    /// An object of this kind and version, or one that says neither.
    pub(crate) fn of_kind(&self, kind: &str, api_version: &str) -> Result<Value, Refusal> {
        let value = self.read()?;
        let (said, version) = (object::word(&value, "/kind"), object::word(&value, "/apiVersion"));
        if !value.is_object() || (!said.is_empty() && said != kind) {
            return Err(Refusal::bad_request(format!(
                "{said} in version {version:?} cannot be handled as a {kind}"
            )));
        }
        if !version.is_empty() && version != api_version {
            return Err(Refusal::bad_request(format!(
                "the API version in the data ({version}) does not match the expected API version ({api_version})"
            )));
        }
        Ok(value)
    }

    pub(crate) fn object(&self, kind: &Kind) -> Result<Value, Refusal> {
        self.of_kind(kind.name, &kind.api_version())
    }

    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            Refusal::bad_request(format!(
                "couldn't get version/kind; json parse error: {error} ({})",
                String::from_utf8_lossy(&self.bytes).chars().take(200).collect::<String>()
            ))
        })
    }

    pub(crate) fn yaml(&self) -> Result<Value, Refusal> {
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        serde_saphyr::from_str(text)
            .map_err(|error| Refusal::bad_request(format!("error decoding YAML: {error}")))
    }
}
