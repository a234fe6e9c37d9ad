//! Credentials of integrations: files that only the backend's user may read. The store and the
//! settings hold a reference, never the secret.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use bellhop_connectors::Fault;
use bellhop_connectors::kubernetes::CredentialStore;
use secrecy::{ExposeSecret, SecretString};

/// One integration's credential.
#[derive(Clone, Debug)]
pub(crate) struct CredentialFile(pub(crate) PathBuf);

impl CredentialStore for CredentialFile {
    fn load(&self) -> Result<SecretString, Fault> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(SecretString::from(text.trim_end())),
            Err(e) => Err(Fault::NotAllowed(format!(
                "Bellhop's own credential cannot be read from {}: {e}. Connect the integration \
                 again: bellhop connect",
                self.0.display()
            ))),
        }
    }

    fn save(&self, secret: &SecretString) -> Result<(), Fault> {
        self.write(secret).map_err(|e| {
            Fault::Unavailable(format!(
                "Bellhop's own credential cannot be kept in {}: {e}",
                self.0.display()
            ))
        })
    }
}

impl CredentialFile {
    /// Takes another's place; a crash leaves one or the other.
    pub(crate) fn become_that_of(&self, other: &Self) -> Result<(), Fault> {
        std::fs::rename(&self.0, &other.0).map_err(|e| {
            let place = other.0.display();
            Fault::Unavailable(format!("Bellhop's own credential cannot be kept in {place}: {e}"))
        })
    }

    /// Removes it; one that is gone already is as good.
    pub(crate) fn remove(&self) -> Result<(), Fault> {
        match std::fs::remove_file(&self.0) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Fault::Unavailable(format!(
                "Bellhop's own credential cannot be removed from {}: {e}",
                self.0.display()
            ))),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn write(&self, secret: &SecretString) -> std::io::Result<()> {
        if let Some(folder) = self.0.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        // Written beside and renamed: a crash leaves the old credential or the new one.
        let staged = self.0.with_extension("new");
        let mut file =
            OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&staged)?;
        file.write_all(secret.expose_secret().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&staged, &self.0)
    }
}
