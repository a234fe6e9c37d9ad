//! Folders that people name.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::anyhow;

/// Makes the folder when it is not there.
pub(crate) fn make(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    std::fs::create_dir_all(folder).map_err(|error| {
        if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) {
            return anyhow!("{shown} is no folder, and what is there stays. Name another one");
        }
        anyhow!("the folder {shown} cannot be made: {error}. Name one where you may write")
    })
}
