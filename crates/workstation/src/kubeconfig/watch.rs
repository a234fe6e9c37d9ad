//! Tells when kubeconfig files change, whoever changes them, without looking again and again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;

use super::disk;
use super::files::KubeconfigFiles;

/// What happens to a file in a folder, and to the folder.
const HAPPENS: WatchFlags = WatchFlags::CLOSE_WRITE
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR);

/// Which file it is, and which version of it; none where there is none.
type Stamp = Vec<Option<(u64, u64, i64, i64, u64)>>;

/// Watches the kubeconfig files. Its file descriptor is ready to read when something may have
/// changed; then ask [`Watch::changed`].
///
/// Folders are watched, not files: an editor, kubectl and we put a new file in the old one's place.
/// Where a folder is missing, the nearest one above it is watched until it is made.
#[derive(Debug)]
pub struct Watch {
    inotify: OwnedFd,
    files: KubeconfigFiles,
    folders: BTreeMap<PathBuf, i32>,
    seen: Stamp,
}

impl Watch {
    /// Begins to watch.
    ///
    /// # Errors
    /// When the system has no more watches to give.
    pub fn new(files: KubeconfigFiles) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let mut watch = Self { inotify, files, folders: BTreeMap::new(), seen: Stamp::new() };
        watch.follow()?;
        watch.seen = watch.stamp();
        Ok(watch)
    }

    /// Takes in what happened; tells whether a file is another one than when this was asked last.
    ///
    /// # Errors
    /// When the system does not say, or has no more watches to give.
    pub fn changed(&mut self) -> io::Result<bool> {
        self.drain()?;
        self.follow()?;
        let now = self.stamp();
        let changed = now != self.seen;
        self.seen = now;
        Ok(changed)
    }

    /// What happened in detail does not matter: the files are looked at.
    fn drain(&self) -> io::Result<()> {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        loop {
            match rustix::io::read(&self.inotify, &mut buffer) {
                Ok((read, _)) if !read.is_empty() => {}
                Ok(_) | Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Watches the folders that count now, and no others.
    fn follow(&mut self) -> io::Result<()> {
        let mut wanted = BTreeMap::new();
        for path in self.files.paths() {
            let target = disk::target_of(path).unwrap_or_else(|_| path.clone());
            for folder in [path.as_path(), &target].into_iter().filter_map(nearest_folder) {
                let watch = inotify::add_watch(&self.inotify, folder, HAPPENS);
                // One that went meanwhile was in another, which tells of it.
                match watch {
                    Ok(watch) => drop(wanted.insert(folder.to_path_buf(), watch)),
                    Err(Errno::NOENT | Errno::NOTDIR | Errno::ACCESS) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        for (folder, watch) in &self.folders {
            if !wanted.contains_key(folder) && !wanted.values().any(|other| other == watch) {
                // It went with its folder, otherwise.
                inotify::remove_watch(&self.inotify, *watch).ok();
            }
        }
        self.folders = wanted;
        Ok(())
    }

    fn stamp(&self) -> Stamp {
        let of = |path: &PathBuf| {
            let file = fs::metadata(path).ok()?;
            Some((file.dev(), file.ino(), file.mtime(), file.mtime_nsec(), file.len()))
        };
        self.files.paths().iter().map(of).collect()
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

/// The folder of a file, or the nearest one above it that is there.
fn nearest_folder(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|folder| folder.is_dir())
}
