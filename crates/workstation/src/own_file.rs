//! Files that are ours alone: replaced whole, and changed by one of us at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::fs::FlockOperation;

use crate::kubeconfig::LockWait;

/// Longer than any change takes.
const WAIT: LockWait = LockWait { limit: Duration::from_secs(5), pause: Duration::from_millis(10) };

/// Writes a file that only its owner reads (0600). It is whole at any moment: the old one or the new
/// one. Only one of us may write it at a time; what was left of one that was killed is written over.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// A lock that is given back when it is dropped, also when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for whoever holds it, but not for ever.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).mode(0o600).open(path)?;
        let taken = WAIT.retry(|| {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => Ok(Some(())),
                Err(error) => match io::Error::from(error) {
                    error if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    error => Err(error),
                },
            }
        })?;
        let busy = || io::Error::new(io::ErrorKind::WouldBlock, "somebody else is changing it");
        taken.map(|()| Self { _file: file }).ok_or_else(busy)
    }
}
