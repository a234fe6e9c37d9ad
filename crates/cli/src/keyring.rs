//! The keyring of whoever runs the backend, as the backend asks for it.

use bellhop_server::keyring::{Keyring, KeyringError};
use bellhop_workstation::keyring;
use secrecy::SecretString;

/// That of the session in which this process runs.
#[derive(Debug)]
pub(crate) struct OwnKeyring;

impl Keyring for OwnKeyring {
    fn read(&self, name: &str) -> Result<SecretString, KeyringError> {
        keyring::read(name).map_err(|error| told(&error))
    }

    fn write(&self, name: &str, secret: &SecretString) -> Result<(), KeyringError> {
        keyring::write(name, secret).map_err(|error| told(&error))
    }

    fn remove(&self, name: &str) -> Result<(), KeyringError> {
        keyring::remove(name).map_err(|error| told(&error))
    }
}

fn told(error: &keyring::KeyringError) -> KeyringError {
    if *error == keyring::KeyringError::Missing {
        return KeyringError::Missing;
    }
    KeyringError::Away(error.to_string())
}
