//! The keyring of the person who runs this backend. What knows how to reach it is put in by whoever
//! starts the backend; a server that many share has none.

use std::fmt::Debug;

use secrecy::SecretString;

/// Keeps secrets by name. A call may block for some seconds; it never asks the person anything,
/// because work in the background calls it.
pub trait Keyring: Debug + Send + Sync {
    /// The secret that was written last.
    fn read(&self, name: &str) -> Result<SecretString, KeyringError>;

    /// Keeps the secret; when this returns, it survives a crash.
    fn write(&self, name: &str, secret: &SecretString) -> Result<(), KeyringError>;

    /// Removes it; one that is gone already is as good.
    fn remove(&self, name: &str) -> Result<(), KeyringError>;
}

/// Why the keyring did not do it; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is nothing of that name.
    #[error("the keyring holds nothing of that name")]
    Missing,
    /// Nobody can say: it is locked, or away. The text says which, and what to do.
    #[error("{0}")]
    Away(String),
}
