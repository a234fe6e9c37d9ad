//! `contexts.json`: which contexts we added, for whom, and how to undo it.
//!
//! Written before a kubeconfig is edited and shortened only afterwards, so that after a crash
//! nothing of ours is in a file without being listed here.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};

use super::disk;
use super::entry::ContextName;
use super::error::KubeconfigError;
use super::keys::Previous;
use super::lock::LockWait;
use super::plan::FileBefore;

const VERSION: u32 = 1;
/// Longer than one edit with its own waiting takes.
const WAIT: LockWait =
    LockWait { limit: Duration::from_secs(20), pause: Duration::from_millis(20) };

type Result<T> = std::result::Result<T, KubeconfigError>;

/// A change of `current-context` that we made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switched {
    /// The file as `KUBECONFIG` names it.
    pub path: PathBuf,
    /// The file itself.
    pub file: PathBuf,
    /// What was there.
    pub previous: Previous,
    /// The context that was current, whichever file said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
}

/// One context of ours in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    /// The name of context, cluster and user.
    pub name: ContextName,
    /// The integration it belongs to.
    pub integration: String,
    /// The file as `KUBECONFIG` names it; kubectl's lock stands beside this.
    pub path: PathBuf,
    /// The file itself, links followed.
    pub file: PathBuf,
    /// What the file was before.
    pub before: FileBefore,
    /// Set if we made the context current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switched: Option<Switched>,
    /// The requests that need it, such as `R-1042`.
    pub requests: BTreeSet<String>,
}

/// The contexts of ours on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    version: u32,
    /// The entries, one for each name and file.
    pub contexts: Vec<LedgerEntry>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { version: VERSION, contexts: Vec::new() }
    }
}

impl Ledger {
    /// Reads the ledger; none is an empty one, one we do not understand is an error.
    pub fn load(path: &Path) -> Result<Self> {
        let Some(text) = disk::read(path)? else { return Ok(Self::default()) };
        let wrong = |reason| KubeconfigError::Ledger { path: path.to_path_buf(), reason };
        let ledger: Self = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if ledger.version != VERSION {
            return Err(wrong(format!("its version is {}, not {VERSION}", ledger.version)));
        }
        Ok(ledger)
    }

    /// Writes the ledger, mode 0600, all or nothing.
    pub fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|error| KubeconfigError::Ledger {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })?;
        disk::write_own(path, &format!("{text}\n"))
    }

    pub(super) fn find(&mut self, name: &ContextName, file: &Path) -> Option<&mut LedgerEntry> {
        self.contexts.iter_mut().find(|entry| entry.name == *name && entry.file == *file)
    }
}

/// The lock of the ledger; given back when dropped, also when the process dies.
#[derive(Debug)]
pub(super) struct LedgerLock {
    _file: File,
}

impl LedgerLock {
    pub(super) fn take(ledger: &Path) -> Result<Self> {
        let path = ledger.with_extension("lock");
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).write(true).mode(0o600);
        let file = options.open(&path).map_err(KubeconfigError::io("open", &path))?;
        let taken = WAIT.retry(|| {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => Ok(Some(())),
                Err(error) => match io::Error::from(error) {
                    error if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    error => Err(KubeconfigError::io("lock", &path)(error)),
                },
            }
        })?;
        taken
            .map(|()| Self { _file: file })
            .ok_or(KubeconfigError::LedgerBusy { path, seconds: WAIT.limit.as_secs() })
    }
}
