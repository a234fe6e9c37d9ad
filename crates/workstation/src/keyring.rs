//! The keyring of whoever is logged in: the Secret Service of the desktop session (GNOME Keyring,
//! KDE's wallet), as freedesktop.org describes it.
//!
//! Nobody is ever asked anything here. Work in the background reads the keyring, and a window that asks
//! for a password out of nowhere teaches people to type it: a keyring that is locked is an error.

use secrecy::SecretString;

/// Why the keyring did not do it; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// It holds nothing of that name.
    #[error("the keyring holds nothing of that name")]
    Missing,
    /// It is there, and shut.
    #[error("the keyring is locked. Log in to the desktop, or unlock it with its own program")]
    Locked,
    /// Nobody ever made one.
    #[error("there is no keyring yet. Make one, with the program Passwords and Keys for example")]
    Unmade,
    /// No program keeps secrets for this session.
    #[error(
        "no keyring answers in this session ({0}). Install gnome-keyring or KWallet, or start Bellhop \
         in the desktop session"
    )]
    Away(String),
    /// It was asked, and said no more.
    #[error("the keyring did not answer within {} s", LIMIT.as_secs())]
    Silent,
    /// Something else.
    #[error("the keyring did not do it: {0}")]
    Failed(String),
}

/// How long the keyring may take over one thing. It takes some 30 milliseconds.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(5);

/// The secret that was written last under `name`.
pub fn read(name: &str) -> Result<SecretString, KeyringError> {
    let name = name.to_owned();
    asked(move || system::read(&name))
}

/// Keeps a secret under `name`, in place of one that is there.
pub fn write(name: &str, secret: &SecretString) -> Result<(), KeyringError> {
    let (name, secret) = (name.to_owned(), secret.clone());
    asked(move || system::write(&name, &secret))
}

/// Removes what is kept under `name`; if it is gone already, that is as good.
pub fn remove(name: &str) -> Result<(), KeyringError> {
    let name = name.to_owned();
    asked(move || system::remove(&name))
}

/// Writes, reads and removes something: that a keyring answers proves nothing.
pub fn try_out() -> Result<(), KeyringError> {
    use secrecy::ExposeSecret as _;
    let name = format!("tried out by {}", std::process::id());
    let secret = SecretString::from(format!("put in by {}", std::process::id()));
    write(&name, &secret)?;
    let found = read(&name);
    remove(&name)?;
    if found?.expose_secret() == secret.expose_secret() {
        return Ok(());
    }
    Err(KeyringError::Failed("it gave back something else than was put in".to_owned()))
}

/// On a thread of its own: the bus is asked with calls that block, and that may never return.
fn asked<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    let (tell, told) = std::sync::mpsc::channel();
    // Nobody may be waiting any more.
    let work = move || drop(tell.send(work()));
    let thread = std::thread::Builder::new().name("keyring".to_owned());
    thread.spawn(work).map_err(|error| KeyringError::Failed(error.to_string()))?;
    told.recv_timeout(LIMIT).unwrap_or(Err(KeyringError::Silent))
}

#[cfg(target_os = "linux")]
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors may become more")]
mod system {
    use std::collections::HashMap;

    use secrecy::{ExposeSecret as _, SecretString};
    use secret_service::blocking::SecretService;
    use secret_service::{EncryptionType, Error};

    use super::KeyringError;

    /// What marks an entry as ours, whoever looks.
    const APPLICATION: (&str, &str) = ("application", "bellhop");

    pub(super) fn read(name: &str) -> Result<SecretString, KeyringError> {
        let service = connect()?;
        let found = service.search_items(attributes(name))?;
        match (found.unlocked.first(), found.locked.is_empty()) {
            (Some(item), _) => String::from_utf8(item.get_secret()?)
                .map(SecretString::from)
                .map_err(|_| KeyringError::Failed("what it holds is no text".to_owned())),
            (None, true) => Err(KeyringError::Missing),
            (None, false) => Err(KeyringError::Locked),
        }
    }

    pub(super) fn write(name: &str, secret: &SecretString) -> Result<(), KeyringError> {
        let service = connect()?;
        let keyring = service.get_default_collection().map_err(|error| match error {
            Error::NoResult => KeyringError::Unmade,
            error => error.into(),
        })?;
        if keyring.is_locked()? {
            return Err(KeyringError::Locked);
        }
        let secret = secret.expose_secret().as_bytes();
        let label = format!("Bellhop: {name}");
        keyring.create_item(&label, attributes(name), secret, true, "text/plain")?;
        Ok(())
    }

    pub(super) fn remove(name: &str) -> Result<(), KeyringError> {
        let service = connect()?;
        let found = service.search_items(attributes(name))?;
        if !found.locked.is_empty() {
            return Err(KeyringError::Locked);
        }
        found.unlocked.iter().try_for_each(|item| item.delete().map_err(KeyringError::from))
    }

    fn connect() -> Result<SecretService<'static>, KeyringError> {
        SecretService::connect(EncryptionType::Dh)
            .map_err(|error| KeyringError::Away(error.to_string()))
    }

    fn attributes(name: &str) -> HashMap<&str, &str> {
        HashMap::from([APPLICATION, ("name", name)])
    }

    impl From<Error> for KeyringError {
        fn from(error: Error) -> Self {
            match error {
                Error::Locked | Error::Prompt | Error::PromptDisconnected => Self::Locked,
                Error::Unavailable => Self::Away(error.to_string()),
                error => Self::Failed(error.to_string()),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use secrecy::SecretString;

    use super::KeyringError;

    fn unknown<T>() -> Result<T, KeyringError> {
        Err(KeyringError::Failed("Bellhop knows the keyrings of Linux only".to_owned()))
    }

    pub(super) fn read(_name: &str) -> Result<SecretString, KeyringError> {
        unknown()
    }

    pub(super) fn write(_name: &str, _secret: &SecretString) -> Result<(), KeyringError> {
        unknown()
    }

    pub(super) fn remove(_name: &str) -> Result<(), KeyringError> {
        unknown()
    }
}
