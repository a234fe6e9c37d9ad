//! The loopback port on the wire.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::exposed;

/// An open loopback port: `POST /api/v1/loopback`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LoopbackPort {
    /// Where it is. Other host names than this one, `localhost` and `[::1]` are refused.
    #[schema(example = "http://127.0.0.1:39107")]
    pub address: String,
    /// Good once, for `POST /api/v1/session` there.
    #[schema(value_type = String, format = Password)]
    #[serde(serialize_with = "exposed")]
    pub code: SecretString,
    /// How long the code is good for, in seconds.
    pub code_seconds: u64,
    /// Whether a browser finds the pages there. A backend that was built without them has the API alone.
    #[serde(default)]
    pub pages: bool,
}

/// `POST /api/v1/session`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The one-time code.
    #[schema(value_type = String, format = Password)]
    #[serde(serialize_with = "exposed")]
    pub code: SecretString,
}

/// What a code was swapped for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Goes with every call on the port, as `Authorization: Bearer`. It lives as long as the port.
    #[schema(value_type = String, format = Password)]
    #[serde(serialize_with = "exposed")]
    pub token: SecretString,
}
