//! What can go wrong with a kubeconfig or the ledger: what happened, to which file, what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a kubeconfig was not read or changed. Whenever this is returned, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}; check that the file and its folder are yours", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `HOME` and `KUBECONFIG` are both unset.
    #[error(
        "neither KUBECONFIG nor HOME is set, so there is no kubeconfig; set KUBECONFIG to a file"
    )]
    NoFile,
    /// A folder, device or pipe stands where a kubeconfig should be.
    #[error("the kubeconfig {} is not a file (a folder, device or pipe); point KUBECONFIG to a file", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// The file is not text.
    #[error("the kubeconfig {} is not UTF-8 text; save it as UTF-8 and try again", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// The file is larger than any kubeconfig.
    #[error("the kubeconfig {} is larger than {limit} bytes; check that KUBECONFIG names the right file", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What is read at most.
        limit: u64,
    },
    /// The file is not a kubeconfig we understand.
    #[error("the kubeconfig {} cannot be used: {reason}; correct the file (kubectl config view shows whether kubectl reads it) and try again", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// The edit would not have been exact, so it was not made.
    #[error("the kubeconfig {} was left alone because the change would not have been exact: {reason}; rewrite that part in plain block style, or point KUBECONFIG to another file first", path.display())]
    NotEditable {
        /// The file.
        path: PathBuf,
        /// Which part.
        reason: String,
    },
    /// The file may not be written.
    #[error("the kubeconfig {path} is read-only; run chmod u+w {path}, or put a file you may write first in KUBECONFIG", path = path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file is a mount of its own, so no other can take its place.
    #[error("the kubeconfig {} is mounted by itself, so it cannot be replaced in one step; mount its folder instead, or put another file first in KUBECONFIG", path.display())]
    Mounted {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds kubectl's lock, or died holding it.
    #[error("{path} has been there for {seconds} s: another program is changing this kubeconfig, or one died while it did; if none is running, remove it: rm -f {path}", path = path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// How long we waited.
        seconds: u64,
    },
    /// Another Bellhop process holds the ledger.
    #[error("another Bellhop process has held {} for {seconds} s; see what it is doing (bellhop doctor) and try again", path.display())]
    LedgerBusy {
        /// The lock.
        path: PathBuf,
        /// How long we waited.
        seconds: u64,
    },
    /// Somebody changed the file again and again while we prepared our change.
    #[error("the kubeconfig {} keeps changing while it is edited; try again when the other program is done", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The name is in use and carries no mark of ours.
    #[error("{} already has {name} under `{section}`, and Bellhop did not put it there; rename it (kubectl config rename-context) or remove it, then try again", path.display())]
    NameTaken {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
        /// `clusters`, `contexts` or `users`.
        section: &'static str,
    },
    /// There is no such context.
    #[error("no context {name} in {files}; {}bellhop contexts lists all", meant(near))]
    NoSuchContext {
        /// What was asked for.
        name: String,
        /// Where we looked.
        files: String,
        /// What was probably meant.
        near: Vec<String>,
    },
    /// Nothing is known to go back to.
    #[error("no context is known that was current before in {}; bellhop contexts lists all", path.display())]
    NothingBefore {
        /// The file that says which context is current.
        path: PathBuf,
    },
    /// A value may not go into a kubeconfig.
    #[error("the {field} {value:?} is refused: {reason}; correct it in the integration")]
    BadValue {
        /// Which field.
        field: &'static str,
        /// The value, shortened.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The ledger does not read.
    #[error("{} does not read: {reason}; it lists the contexts Bellhop added. Update Bellhop if a newer one wrote it, else move it away and remove contexts named bellhop-* with kubectl config", path.display())]
    Ledger {
        /// The ledger.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl KubeconfigError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| {
            if source.kind() == io::ErrorKind::IsADirectory {
                return Self::NotAFile { path };
            }
            if source.kind() == io::ErrorKind::ReadOnlyFilesystem {
                return Self::ReadOnly { path };
            }
            if source.kind() == io::ErrorKind::ResourceBusy {
                return Self::Mounted { path };
            }
            Self::Io { action, path, source }
        }
    }
}

fn meant(near: &[String]) -> String {
    match near {
        [] => String::new(),
        [one] => format!("did you mean {one}? "),
        [first @ .., last] => format!("did you mean {} or {last}? ", first.join(", ")),
    }
}
