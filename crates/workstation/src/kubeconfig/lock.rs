//! kubectl's own lock: `<file>.lock`, created exclusively and removed afterwards.
//!
//! kubectl fails at once when the lock is there; we wait a little, for kubectl is quick.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::KubeconfigError;

/// How long to wait for a lock.
#[derive(Debug, Clone, Copy)]
pub struct LockWait {
    /// How long in all.
    pub limit: Duration,
    /// How long between two attempts.
    pub pause: Duration,
}

impl Default for LockWait {
    fn default() -> Self {
        Self { limit: Duration::from_secs(5), pause: Duration::from_millis(20) }
    }
}

impl LockWait {
    /// Tries again until `attempt` gives something or the limit is reached.
    pub(super) fn retry<T, E>(
        self,
        mut attempt: impl FnMut() -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        let mut waited = Duration::ZERO;
        loop {
            let outcome = attempt()?;
            if outcome.is_some() || waited >= self.limit {
                return Ok(outcome);
            }
            std::thread::sleep(self.pause);
            // Counted, not measured: the limit then holds on a machine that was suspended as well.
            waited += self.pause.max(Duration::from_millis(1));
        }
    }
}

/// A lock file of ours; removed on drop.
#[derive(Debug)]
pub(super) struct FileLock {
    path: PathBuf,
}

impl FileLock {
    pub(super) fn take(file: &Path, wait: LockWait) -> Result<Self, KubeconfigError> {
        let mut path = file.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let taken = wait.retry(|| {
            match OpenOptions::new().write(true).create_new(true).mode(0o000).open(&path) {
                Ok(_) => Ok(Some(())),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
                Err(error) => Err(KubeconfigError::io("create the lock file", &path)(error)),
            }
        })?;
        match taken {
            Some(()) => Ok(Self { path }),
            None => Err(KubeconfigError::Locked { path, seconds: wait.limit.as_secs() }),
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Somebody who removed it by hand did what we are about to do.
        fs::remove_file(&self.path).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_taken_given_back_and_names_itself_when_stale() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        let wait = LockWait { limit: Duration::ZERO, pause: Duration::ZERO };
        let lock = FileLock::take(&file, wait).unwrap();
        let message = FileLock::take(&file, wait).unwrap_err().to_string();
        assert!(message.contains("config.lock") && message.contains("rm -f"), "{message}");
        drop(lock);
        drop(FileLock::take(&file, wait).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_lock_given_back_in_time_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        let lock = FileLock::take(&file, LockWait::default()).unwrap();
        let mut held = Some(lock);
        let mut attempts = 0;
        let wait = LockWait { limit: Duration::from_millis(3), pause: Duration::ZERO };
        let got = wait.retry(|| {
            attempts += 1;
            if attempts == 2 {
                held = None;
            }
            let now = LockWait { limit: Duration::ZERO, pause: Duration::ZERO };
            Ok::<_, KubeconfigError>(FileLock::take(&file, now).ok())
        });
        assert!(got.unwrap().is_some());
    }
}
