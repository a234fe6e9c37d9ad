//! The texts of a configuration folder.

use std::path::{Path, PathBuf};

use super::read::ConfigError;

/// All files of a configuration together; more is a mistake. It is also the most that is sent.
pub const LARGEST: usize = 1024 * 1024;

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name, without a folder.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// Every `*.toml` in `folder`, in order of name. No folder has none.
pub fn texts(folder: &Path) -> Result<Vec<Source>, ConfigError> {
    let mut room = LARGEST;
    let mut sources = Vec::new();
    for path in files_in(folder)? {
        let unreadable = |why: String| ConfigError::Unreadable { path: path.clone(), why };
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| unreadable("its name is not UTF-8".to_owned()))?.to_owned();
        let size = std::fs::metadata(&path).map_err(|e| unreadable(e.to_string()))?.len();
        room = usize::try_from(size).ok().and_then(|size| room.checked_sub(size)).ok_or_else(
            || {
                let before = if sources.is_empty() { "" } else { " with those before it" };
                unreadable(
                    format!("{before} it has more than {LARGEST} bytes, which are the most")
                        .trim_start()
                        .to_owned(),
                )
            },
        )?;
        let text = std::fs::read_to_string(&path).map_err(|e| unreadable(e.to_string()))?;
        sources.push(Source { name, text });
    }
    Ok(sources)
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let unreadable =
        |e: std::io::Error| ConfigError::Unreadable { path: folder.to_owned(), why: e.to_string() };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(unreadable(e)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ext| ext == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
