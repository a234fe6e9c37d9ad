//! Folders for one test run, which clean up after themselves and after earlier runs.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder of one's own. It is removed on `Drop`, and when that never ran (a `static`, a kill),
/// by the next `Scratch` on this machine: a folder whose lock is free has no owner any more.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// Held as long as the folder is in use; the system lets go of it when the process ends.
    _lock: File,
}

impl Scratch {
    /// Makes a folder that only this user can enter, and removes those left behind.
    pub fn new() -> Result<Self> {
        let user = rustix::process::getuid().as_raw();
        let all = std::env::temp_dir().join(format!("bellhop-e2e-{user}"));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&all)
            .with_context(|| format!("could not make {}", all.display()))?;
        // One at a time: a folder that is being made has no locked lock yet.
        let turn = File::create(all.join("turn"))?;
        turn.lock()?;
        sweep(&all)?;

        let path = all.join(format!("{:016x}", rand::random::<u64>()));
        fs::create_dir(&path)?;
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next one.
        fs::remove_dir_all(&self.path).ok();
    }
}

const LOCK: &str = "lock";

fn sweep(all: &Path) -> Result<()> {
    for entry in fs::read_dir(all)? {
        let path = entry?.path();
        let free = File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if free {
            fs::remove_dir_all(&path)
                .with_context(|| format!("could not remove {}", path.display()))?;
        }
    }
    Ok(())
}
