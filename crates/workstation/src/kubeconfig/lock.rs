//! kubectl's own lock: `<file>.lock`, created exclusively and removed afterwards.
//!
//! kubectl fails at once when the lock is there; we wait a little, for kubectl is quick.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

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
    pub(crate) fn retry<T, E>(
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

/// What is in a lock file of ours; kubectl's are empty.
const MARK: &[u8] = b"bellhop\n";

/// A lock file of ours; removed on drop.
///
/// While we live the kernel holds a lock on it (`flock`): a marked file that nobody holds is what
/// one of us left that was killed. It is taken away, for kubectl would stumble over it for ever.
#[derive(Debug)]
pub(super) struct FileLock {
    path: PathBuf,
    file: File,
}

impl FileLock {
    pub(super) fn take(file: &Path, wait: LockWait) -> Result<Self, KubeconfigError> {
        let mut path = file.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let taken = wait.retry(|| {
            if let Some(lock) = Self::create(&path)? {
                return Ok(Some(lock));
            }
            if remove_left_over(&path) { Self::create(&path) } else { Ok(None) }
        })?;
        taken.ok_or(KubeconfigError::Locked { path, seconds: wait.limit.as_secs() })
    }

    fn create(path: &Path) -> Result<Option<Self>, KubeconfigError> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(file) => {
                let mut lock = Self { path: path.to_path_buf(), file };
                // Where this does not work the lock is as good as kubectl's, and stays if we die.
                if flock(&lock.file, FlockOperation::NonBlockingLockExclusive).is_ok() {
                    lock.file.write_all(MARK).ok();
                }
                Ok(Some(lock))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(KubeconfigError::io("create the lock file", path)(error)),
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Somebody who removed it by hand did what we are about to do.
        if is_at(&self.file, &self.path) {
            fs::remove_file(&self.path).ok();
        }
    }
}

/// Removes a lock of ours whose holder is dead, and tells whether it did. Whoever gets the kernel's
/// lock on that very file is the only one who may.
fn remove_left_over(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok(mut file) = File::open(path) else { return false };
    let mut text = Vec::new();
    (&mut file).take(64).read_to_end(&mut text).is_ok()
        && text == MARK
        && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        && is_at(&file, path)
        && fs::remove_file(path).is_ok()
}

fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
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

    #[test]
    fn t21_a_lock_of_ours_whose_holder_died_is_taken_away_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        let path = folder.path().join("config.lock");
        let wait = LockWait { limit: Duration::ZERO, pause: Duration::ZERO };
        // Alive: it holds the kernel's lock.
        let held = FileLock::take(&file, wait).unwrap();
        FileLock::take(&file, wait).unwrap_err();
        // Killed: the file is there, and nobody holds it.
        let left = fs::read(&path).unwrap();
        drop(held);
        fs::write(&path, left).unwrap();
        drop(FileLock::take(&file, wait).unwrap());
        assert!(!path.exists());
        // kubectl's, or anybody's.
        for theirs in ["", "bell", "bellhop\n\n"] {
            fs::write(&path, theirs).unwrap();
            FileLock::take(&file, wait).unwrap_err();
            assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        }
    }

    #[test]
    fn a_lock_that_was_taken_over_by_hand_is_not_given_back_twice() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        let ours = FileLock::take(&file, LockWait::default()).unwrap();
        fs::remove_file(&ours.path).unwrap();
        let theirs = FileLock::take(&file, LockWait::default()).unwrap();
        drop(ours);
        assert!(theirs.path.exists());
    }
}
