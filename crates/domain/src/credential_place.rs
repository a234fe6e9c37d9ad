//! Where Bellhop keeps its own credential for a system.

use serde::{Deserialize, Serialize};

/// The place, as the configuration and the stored settings of a connection say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialPlace {
    /// In a file that only the backend's user may read.
    #[default]
    File,
    /// In the keyring of the backend's user.
    Keyring,
}
