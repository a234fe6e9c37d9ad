//! Credentials of integrations: each in a file that only the backend's user may read, or in that
//! user's keyring. The store and the settings hold a reference, never the secret.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;

use bellhop_connectors::Fault;
use bellhop_connectors::kubernetes::CredentialStore;
use secrecy::{ExposeSecret, SecretString};

use crate::keyring::{Keyring, KeyringError};

/// One integration's credential.
#[derive(Clone, Debug)]
pub(crate) enum StoredCredential {
    File(CredentialFile),
    Keyring(CredentialEntry),
}

impl StoredCredential {
    /// Takes another's place, in the same kind of store; a crash leaves one or the other.
    pub(crate) fn become_that_of(&self, other: &Self) -> Result<(), Fault> {
        match (self, other) {
            (Self::File(staged), Self::File(other)) => staged.become_that_of(other),
            (staged, other) => {
                other.save(&staged.load()?)?;
                staged.remove()
            }
        }
    }

    /// Removes it; one that is gone already is as good.
    pub(crate) fn remove(&self) -> Result<(), Fault> {
        match self {
            Self::File(file) => file.remove(),
            Self::Keyring(entry) => entry.keyring.remove(&entry.name).map_err(|e| entry.fault(e)),
        }
    }
}

impl CredentialStore for StoredCredential {
    fn load(&self) -> Result<SecretString, Fault> {
        match self {
            Self::File(file) => file.load(),
            Self::Keyring(entry) => entry.keyring.read(&entry.name).map_err(|e| entry.fault(e)),
        }
    }

    fn save(&self, secret: &SecretString) -> Result<(), Fault> {
        match self {
            Self::File(file) => file.save(secret),
            Self::Keyring(entry) => {
                entry.keyring.write(&entry.name, secret).map_err(|e| entry.fault(e))
            }
        }
    }
}

/// In the keyring.
#[derive(Clone, Debug)]
pub(crate) struct CredentialEntry {
    pub(crate) keyring: Arc<dyn Keyring>,
    pub(crate) name: String,
    /// Whose it is, for messages.
    pub(crate) integration: String,
}

impl CredentialEntry {
    fn fault(&self, error: KeyringError) -> Fault {
        let name = &self.integration;
        match error {
            KeyringError::Missing => Fault::NotAllowed(format!(
                "Bellhop's own credential of {name} is not in the keyring any more. Connect it again: \
                 bellhop connect kubernetes {name}"
            )),
            KeyringError::Away(why) => Fault::Unavailable(format!(
                "Bellhop's own credential of {name} is in the keyring, and {why}"
            )),
        }
    }
}

/// In a file.
#[derive(Clone, Debug)]
pub(crate) struct CredentialFile(pub(crate) PathBuf);

impl CredentialFile {
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

    /// Takes another's place; a crash leaves one or the other.
    fn become_that_of(&self, other: &Self) -> Result<(), Fault> {
        std::fs::rename(&self.0, &other.0).map_err(|e| {
            let place = other.0.display();
            Fault::Unavailable(format!("Bellhop's own credential cannot be kept in {place}: {e}"))
        })
    }

    /// Removes it; one that is gone already is as good.
    fn remove(&self) -> Result<(), Fault> {
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};

    use super::*;

    /// Holds names and secrets, and is locked when told so.
    #[derive(Debug, Default)]
    struct Drawer {
        held: Mutex<HashMap<String, String>>,
        locked: Mutex<bool>,
    }

    impl Drawer {
        fn held(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, String>>, KeyringError> {
            if *self.locked.lock().unwrap_or_else(PoisonError::into_inner) {
                return Err(KeyringError::Away("it is locked".to_owned()));
            }
            Ok(self.held.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    impl Keyring for Drawer {
        fn read(&self, name: &str) -> Result<SecretString, KeyringError> {
            let found = self.held()?.get(name).cloned();
            found.map(SecretString::from).ok_or(KeyringError::Missing)
        }

        fn write(&self, name: &str, secret: &SecretString) -> Result<(), KeyringError> {
            self.held()?.insert(name.to_owned(), secret.expose_secret().to_owned());
            Ok(())
        }

        fn remove(&self, name: &str) -> Result<(), KeyringError> {
            self.held()?.remove(name);
            Ok(())
        }
    }

    fn entry(drawer: &Arc<Drawer>, name: &str) -> StoredCredential {
        let keyring: Arc<dyn Keyring> = Arc::<Drawer>::clone(drawer);
        let (name, integration) = (name.to_owned(), "k8s-prod".to_owned());
        StoredCredential::Keyring(CredentialEntry { keyring, name, integration })
    }

    #[test]
    fn a_credential_takes_the_place_of_another_in_the_keyring() {
        let drawer = Arc::default();
        let (staged, own) = (entry(&drawer, "staged"), entry(&drawer, "own"));
        own.save(&"old".into()).expect("kept");
        staged.save(&"new".into()).expect("kept");
        staged.become_that_of(&own).expect("moved");
        assert_eq!(own.load().expect("there").expose_secret(), "new");
        assert!(matches!(staged.load(), Err(Fault::NotAllowed(_))));
        own.remove().expect("gone");
        assert!(drawer.held.lock().expect("whole").is_empty());
    }

    /// The one ends when somebody connects again, the other by itself: a revoke waits for it.
    #[test]
    fn what_is_not_in_the_keyring_is_told_from_a_keyring_that_is_locked() {
        let drawer = Arc::default();
        let own = entry(&drawer, "own");
        let missing = own.load().expect_err("nothing there");
        assert!(
            matches!(&missing, Fault::NotAllowed(why) if why.contains("bellhop connect kubernetes k8s-prod"))
        );
        *drawer.locked.lock().expect("whole") = true;
        let locked = own.load().expect_err("locked");
        assert!(
            matches!(&locked, Fault::Unavailable(why) if why.contains("k8s-prod") && why.contains("it is locked"))
        );
    }
}
