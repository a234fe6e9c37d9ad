//! The context to go back to with `bellhop use -`, as `cd -` goes back: one, of the last switch.
//!
//! Nothing depends on it, so it is not made durable, and one that does not read is none. Only the
//! holder of the ledger's lock reads and writes it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk;
use super::error::KubeconfigError;

type Result<T> = std::result::Result<T, KubeconfigError>;

#[derive(Serialize, Deserialize)]
struct Left {
    /// The kubeconfig that was changed.
    file: PathBuf,
    /// The context that was current before.
    name: String,
}

/// The context that was left in this kubeconfig.
pub(super) fn read(path: &Path, file: &Path) -> Result<Option<String>> {
    let text = disk::read(path)?.unwrap_or_default();
    let left = serde_json::from_str::<Left>(&text).ok();
    Ok(left.filter(|left| left.file == file).map(|left| left.name))
}

/// Remembers that `name` was left in `file`.
pub(super) fn write(path: &Path, file: &Path, name: &str) -> Result<()> {
    let left = Left { file: file.to_path_buf(), name: name.to_owned() };
    let failed = |error| KubeconfigError::io("write", path)(error);
    let text = serde_json::to_string(&left).map_err(|error| failed(error.into()))?;
    // Written over, not replaced: that would wait for the disk.
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(path);
    let mut file = file.map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.set_len(u64::try_from(text.len()).unwrap_or_default()).map_err(failed)
}
