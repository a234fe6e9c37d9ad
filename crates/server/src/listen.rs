//! The local door: one backend a user, behind a lock, on a socket that nobody else may open.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use tokio::net::UnixListener;

/// Why the door could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another backend of this user is running.
    #[error(
        "a backend is already running: it holds {0}. There is one for each user and home. To stop it: bellhop service stop"
    )]
    AlreadyRunning(PathBuf),
    /// A folder that others could put a false socket into.
    #[error(
        "{path} belongs to somebody else or is open to others (mode {mode:o}). \
         Remove it, or run: chmod 700 {path}"
    )]
    OpenToOthers {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The system said no.
    #[error("{path}: {why}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        why: io::Error,
    },
}

/// Held while the backend runs; takes the socket away at the end.
#[derive(Debug)]
pub struct Door {
    socket: PathBuf,
    _lock: Lock,
}

/// The lock that makes this the only backend. The kernel lets go of it when the process ends,
/// however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// How often the lock is tried, and how long between: whoever only looks whether it is free holds it
/// for a moment.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(2);

/// Takes the lock; refused while another backend holds it.
pub(crate) async fn lock(path: &Path) -> Result<Lock, ListenError> {
    let at = |why| ListenError::Io { path: path.to_owned(), why };
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(at)?;
    for _ in 0..TRIES {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => tokio::time::sleep(PAUSE).await,
            Err(e) => return Err(at(e.into())),
        }
    }
    Err(ListenError::AlreadyRunning(path.to_owned()))
}

/// Opens the socket. The lock shows that a socket which is there already is a dead one.
pub(crate) fn open(socket: &Path, lock: Lock) -> Result<(UnixListener, Door), ListenError> {
    let at = |why| ListenError::Io { path: socket.to_owned(), why };
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(at(e)),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(socket).map_err(at)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600)).map_err(at)?;
    Ok((listener, Door { socket: socket.to_owned(), _lock: lock }))
}

impl Drop for Door {
    fn drop(&mut self) {
        // Best effort: the next backend removes what is left.
        drop(std::fs::remove_file(&self.socket));
    }
}

fn private_folder(folder: &Path) -> Result<(), ListenError> {
    let at = |why| ListenError::Io { path: folder.to_owned(), why };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at)?;
    let found = std::fs::metadata(folder).map_err(at)?;
    let mode = found.permissions().mode() & 0o777;
    let own = nix::unistd::Uid::effective().as_raw();
    if found.uid() != own || mode & 0o077 != 0 {
        return Err(ListenError::OpenToOthers { path: folder.to_owned(), mode });
    }
    Ok(())
}
