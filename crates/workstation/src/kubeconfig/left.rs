//! The context to go back to with `bellhop use -`, as `cd -` goes back: one, of the last switch.
//!
//! Nothing depends on it, so it is not made durable, and one that does not read is none.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
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
    let new = path.with_extension("new");
    fs::write(&new, text).map_err(failed)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    fs::rename(&new, path).map_err(failed)
}
