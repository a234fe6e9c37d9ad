//! What the desk remembers from one start to the next, and the file that it is kept in.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::words::{Known, What};

/// No memory is larger, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// How long no notice is to ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// Until this moment.
    Until(DateTime<Utc>),
    /// Until somebody says so.
    UntilResumed,
}

/// What the desk remembers: small, and without a word of anybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The place in the audit log up to which everything was told or is in `untold`.
    pub(super) place: Option<i64>,
    pub(super) pause: Option<Pause>,
    /// What nobody was told yet, in the order in which it happened first.
    pub(super) untold: Vec<Untold>,
    /// When each request's last notice rang; only while that matters.
    pub(super) rang: BTreeMap<String, DateTime<Utc>>,
    /// The deadlines whose coming was told, by request.
    pub(super) endings: BTreeMap<String, DateTime<Utc>>,
    /// Requests that were told to be stuck.
    pub(super) stuck: BTreeSet<String>,
    /// Integrations that were told to be in trouble, and in which.
    pub(super) troubled: BTreeMap<String, String>,
}

/// What happened to one request and was not told yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Untold {
    pub(super) number: String,
    /// In order, each once.
    pub(super) whats: Vec<What>,
    #[serde(default)]
    pub(super) known: Known,
    /// When the last of it was noticed.
    pub(super) since: DateTime<Utc>,
}

impl Memory {
    /// The place in the audit log after which to go on; none before the first event ever.
    pub fn place(&self) -> Option<i64> {
        self.place
    }
}

/// Why the memory could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The file cannot be read or written.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what was written there.
    #[error(
        "{path} does not read ({why}), so which notices were shown is forgotten. It is kept as \
         {kept}"
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// Where it is now.
        kept: PathBuf,
    },
}

/// The file in which a desk's memory is kept: one for each backend, as places in an audit log mean
/// nothing in another.
#[derive(Debug)]
pub struct MemoryFile {
    path: PathBuf,
    saved: Option<Memory>,
}

impl MemoryFile {
    /// Opens the file and reads what is in it. A file that does not read is put aside, and so is no
    /// reason not to start: the memory is empty then, and the error says so.
    pub fn open(path: &Path) -> (Self, Memory, Option<MemoryError>) {
        let path = path.to_path_buf();
        let (memory, error) = match read(&path) {
            Ok(memory) => (memory, None),
            Err(error) => (Memory::default(), Some(error)),
        };
        (Self { path, saved: None }, memory, error)
    }

    /// Writes the memory, unless it is as it was written last. The file is whole at any moment, the
    /// old one or the new one, and only its owner can read it (0600).
    pub fn save(&mut self, memory: &Memory) -> Result<(), MemoryError> {
        if self.saved.as_ref() == Some(memory) {
            return Ok(());
        }
        self.write(memory).map_err(|source| {
            let path = self.path.clone();
            MemoryError::File { action: "write", path, source }
        })?;
        self.saved = Some(memory.clone());
        Ok(())
    }

    fn write(&self, memory: &Memory) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        // The mode of such a file is 0600 from the beginning.
        let mut staged = tempfile::Builder::new().prefix(".notices-").tempfile_in(folder)?;
        staged.write_all(serde_json::to_string(memory)?.as_bytes())?;
        staged.as_file().sync_all()?;
        staged.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn read(path: &Path) -> Result<Memory, MemoryError> {
    let failed = |source| MemoryError::File { action: "read", path: path.to_path_buf(), source };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Memory::default()),
        Err(error) => return Err(failed(error)),
    };
    let mut text = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut text).map_err(failed)?;
    let why = if text.len() as u64 > LARGEST {
        "it is too large".to_owned()
    } else {
        match serde_json::from_slice(&text) {
            Ok(memory) => return Ok(memory),
            Err(error) => error.to_string(),
        }
    };
    let kept = path.with_extension("broken");
    std::fs::rename(path, &kept).map_err(failed)?;
    Err(MemoryError::Broken { path: path.to_path_buf(), why, kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Memory {
        let number = "R-7".to_owned();
        let since = "2026-11-21T12:00:00Z".parse().unwrap();
        let (whats, known) = (vec![What::Granted], Known::default());
        Memory {
            place: Some(41),
            pause: Some(Pause::Until(since)),
            untold: vec![Untold { number: number.clone(), whats, known, since }],
            endings: [(number, since)].into(),
            ..Memory::default()
        }
    }

    #[test]
    fn what_is_kept_reads_back_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notices.json");
        let (mut file, empty, error) = MemoryFile::open(&path);
        assert_eq!((empty, error.is_none()), (Memory::default(), true));
        file.save(&memory()).unwrap();
        let (_, read, error) = MemoryFile::open(&path);
        assert_eq!((read, error.is_none()), (memory(), true));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        // Nothing lies beside it.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_did_not_change_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notices.json");
        let (mut file, ..) = MemoryFile::open(&path);
        file.save(&memory()).unwrap();
        std::fs::remove_file(&path).unwrap();
        file.save(&memory()).unwrap();
        assert!(!path.exists());
        file.save(&Memory::default()).unwrap();
        assert!(path.exists());
    }

    #[test]
    fn a_broken_file_is_put_aside_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notices.json");
        let much = " ".repeat(usize::try_from(LARGEST).unwrap() + 1);
        for text in ["", "{\"place\":4", "{\"place\":\"x\"}", "\u{0}\u{0}", much.as_str()] {
            std::fs::write(&path, text).unwrap();
            let (mut file, memory, error) = MemoryFile::open(&path);
            assert_eq!(memory, Memory::default());
            assert!(matches!(error, Some(MemoryError::Broken { .. })), "{error:?}");
            assert_eq!(
                std::fs::read_to_string(folder.path().join("notices.broken")).unwrap(),
                text
            );
            file.save(&self::memory()).unwrap();
            assert_eq!(MemoryFile::open(&path).1, self::memory());
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let (mut file, memory, error) = MemoryFile::open(Path::new("/nonexistent/notices.json"));
        assert_eq!((memory.clone(), error.is_none()), (Memory::default(), true));
        let error = file.save(&memory).unwrap_err().to_string();
        assert!(error.starts_with("cannot write /nonexistent/notices.json: "), "{error}");
    }
}
