//! The new text of a file, written beside it before it takes the file's place.
//!
//! The name is always the same, and only the holder of the file's lock writes there: what a process
//! that was killed left behind is found and removed by the next one.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::error::KubeconfigError;

type Result<T> = std::result::Result<T, KubeconfigError>;

/// Removed on drop unless it was published.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
    file: File,
    published: bool,
}

impl Staged {
    /// Writes `text` beside `file`, with its mode and owner; mode 0600 where there is no file yet.
    pub(super) fn write(file: &Path, text: &str) -> Result<Self> {
        let failed = |action| KubeconfigError::io(action, file);
        let old = match fs::metadata(file) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed("look at")(error)),
        };
        if old.as_ref().is_some_and(|old| !writable(file, old)) {
            return Err(KubeconfigError::ReadOnly { path: file.to_path_buf() });
        }
        remove_left_over(file)?;
        let path = beside(file);
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(0o600).open(&path);
        let opened = opened.map_err(failed("write beside"))?;
        let mut staged = Self { path, file: opened, published: false };
        staged.file.write_all(text.as_bytes()).map_err(failed("write"))?;
        if let Some(old) = old {
            keep_owner(&staged.file, &old).map_err(failed("keep the owner of"))?;
            let mode = fs::Permissions::from_mode(old.mode() & 0o7777);
            staged.file.set_permissions(mode).map_err(failed("keep the mode of"))?;
        }
        staged.file.sync_all().map_err(failed("write"))?;
        Ok(staged)
    }

    /// Takes the place of `file`, in one step. When the machine loses power soon after, the file is
    /// whole, and the old or the new one.
    pub(super) fn publish(mut self, file: &Path) -> Result<()> {
        fs::rename(&self.path, file).map_err(KubeconfigError::io("replace", file))?;
        self.published = true;
        Ok(())
    }

    /// The same, and it is the new one.
    pub(super) fn publish_for_good(self, file: &Path) -> Result<()> {
        self.publish(file)?;
        let folder = file.parent().unwrap_or(Path::new("/"));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(KubeconfigError::io("write", folder))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.published {
            // Nobody is left to tell, and the next edit removes it.
            fs::remove_file(&self.path).ok();
        }
    }
}

/// Removes what somebody who was killed left beside `file`. Only for the holder of its lock.
pub(super) fn remove_left_over(file: &Path) -> Result<()> {
    match fs::remove_file(beside(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(KubeconfigError::io("write beside", file)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".bellhop-new");
    file.with_file_name(name)
}

/// A rename would replace a file that its owner protected from being written.
fn writable(file: &Path, metadata: &Metadata) -> bool {
    metadata.mode() & 0o222 != 0 && rustix::fs::access(file, rustix::fs::Access::WRITE_OK).is_ok()
}

fn keep_owner(staged: &File, old: &Metadata) -> io::Result<()> {
    let new = staged.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    std::os::unix::fs::fchown(staged, Some(old.uid()), Some(old.gid()))
}
