//! What the disk costs: durable commits, and how long one takes here.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// How far a SQLite store's write-ahead log has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wal {
    /// Changes whenever the log starts anew.
    salt: [u8; 8],
    commits: usize,
}

impl Wal {
    /// Reads the log beside a store whose writer is idle.
    pub(crate) fn read(store: &Path) -> Result<Option<Self>> {
        Ok(Self::parse(&fs::read(store.with_extension("db-wal"))?))
    }

    /// See "WAL File Format" in SQLite's documentation: a frame that ends a commit says how large
    /// the database is after it, and frames with another salt are leftovers.
    fn parse(log: &[u8]) -> Option<Self> {
        let page = log.get(8..12)?.try_into().map(u32::from_be_bytes).ok()?;
        let salt: [u8; 8] = log.get(16..24)?.try_into().ok()?;
        let frames =
            log.get(WAL_HEADER..)?.chunks_exact(FRAME_HEADER + usize::try_from(page).ok()?);
        let valid = frames.take_while(|frame| frame.get(8..16) == Some(&salt));
        let commits = valid.filter(|frame| frame.get(4..8) != Some(&[0; 4])).count();
        Some(Self { salt, commits })
    }

    /// Commits since `earlier`; unknown when the log has started anew.
    pub(crate) fn since(self, earlier: Self) -> Option<usize> {
        (self.salt == earlier.salt).then(|| self.commits.saturating_sub(earlier.commits))
    }
}

/// How long it takes to make four more kilobytes of a file durable, some times over.
pub(crate) fn syncs(folder: &Path) -> Result<Vec<Duration>> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let mut took = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        took.push(began.elapsed());
    }
    fs::remove_file(path)?;
    Ok(took)
}
