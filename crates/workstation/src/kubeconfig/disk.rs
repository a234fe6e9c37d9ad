//! Reading and replacing a kubeconfig on disk: links followed, mode and owner kept, all or nothing.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _};
use std::path::{Path, PathBuf};

use super::error::KubeconfigError;
use super::lock::{FileLock, LockWait};
use super::stage::{self, Staged};

const MAX_BYTES: u64 = 16 * 1024 * 1024;
const MAX_LINKS: usize = 16;
/// How often an edit starts over because somebody without the lock changed the file meanwhile.
const ATTEMPTS: usize = 3;

type Result<T> = std::result::Result<T, KubeconfigError>;

/// What an edit does with the file.
#[derive(Debug)]
pub(super) enum Change {
    Keep,
    Write(String),
    /// As [`Change::Write`], where it does no harm if the old text is back after a loss of power.
    WriteSoon(String),
    Delete,
}

/// The file behind `path`: links followed, the last one even if nothing is there yet.
pub(super) fn target_of(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(link) => {
                let folder = target.parent().unwrap_or(Path::new("/")).to_path_buf();
                target = folder.join(link);
            }
            Err(_) => break,
        }
    }
    // Canonical, so that two ways to the same file are one entry in the ledger.
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(KubeconfigError::NotAFile { path: target });
    };
    match fs::canonicalize(folder) {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(target),
        Err(error) => Err(KubeconfigError::io("find", path)(error)),
    }
}

/// The text of a kubeconfig; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KubeconfigError::io("read", path)(error)),
    };
    // KUBECONFIG=/dev/null is a way to say "none"; reading a pipe would take it from kubectl.
    if metadata.file_type().is_char_device() {
        return Ok(None);
    }
    if !metadata.is_file() {
        return Err(KubeconfigError::NotAFile { path: path.to_path_buf() });
    }
    if metadata.len() > MAX_BYTES {
        return Err(KubeconfigError::TooLarge { path: path.to_path_buf(), limit: MAX_BYTES });
    }
    let bytes = fs::read(path).map_err(KubeconfigError::io("read", path))?;
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| KubeconfigError::NotUtf8 { path: path.to_path_buf() })
}

/// Edits `file` under the lock of every path kubectl might know it by.
///
/// `plan` sees the text as it is under the lock (and may be asked again if it changed after all).
pub(super) fn edit<T>(
    paths: [&Path; 2],
    wait: LockWait,
    mut plan: impl FnMut(Option<&str>) -> Result<(Change, T)>,
) -> Result<T> {
    let [path, file] = paths;
    if fs::metadata(file).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(KubeconfigError::NotAFile { path: file.to_path_buf() });
    }
    for folder in [path, file].iter().filter_map(|path| path.parent()) {
        if !folder.exists() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(KubeconfigError::io("create the folder", folder))?;
        }
    }
    let _lock = FileLock::take(path, wait)?;
    let _lock_of_target = (path != file).then(|| FileLock::take(file, wait)).transpose()?;
    stage::remove_left_over(file)?;
    for _ in 0..ATTEMPTS {
        let old = read(file)?;
        let (change, outcome) = plan(old.as_deref())?;
        // An editor knows no lock; what it saved since we read must not be lost.
        let unchanged = |file: &Path| is_still(file, old.as_deref());
        match change {
            Change::Keep => return Ok(outcome),
            Change::Write(text) => {
                let staged = Staged::write(file, &text)?;
                if unchanged(file)? {
                    staged.publish_for_good(file)?;
                    return Ok(outcome);
                }
            }
            Change::WriteSoon(text) => {
                let staged = Staged::write(file, &text)?;
                if unchanged(file)? {
                    staged.publish(file)?;
                    return Ok(outcome);
                }
            }
            Change::Delete => {
                if unchanged(file)? {
                    fs::remove_file(file).map_err(KubeconfigError::io("remove", file))?;
                    return Ok(outcome);
                }
            }
        }
    }
    Err(KubeconfigError::Busy { path: file.to_path_buf() })
}

fn is_still(file: &Path, old: Option<&str>) -> Result<bool> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes.as_slice()) == old.map(str::as_bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(old.is_none()),
        Err(error) => Err(KubeconfigError::io("read", file)(error)),
    }
}

/// Replaces a file of our own, mode 0600.
pub(super) fn write_own(file: &Path, text: &str) -> Result<()> {
    Staged::write(file, text)?.publish_for_good(file)
}
