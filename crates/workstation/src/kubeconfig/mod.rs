//! Kubeconfig files: contexts of ours go in and out, every byte that is not ours stays.
//!
//! [`Contexts`] is the way in for grants: it keeps the [`Ledger`] of what was added and for whom.
//! Beneath it, [`add`] and [`remove`] edit one file: `plan` computes the new text as a pure
//! function and checks it, `disk` replaces the file under kubectl's own lock.

mod address;
mod builder;
mod contexts;
mod disk;
mod document;
mod entry;
mod error;
mod files;
mod keys;
mod ledger;
mod left;
mod lock;
mod operations;
mod plan;
mod quick;
mod section;
mod stage;
mod survey;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
#[cfg(target_os = "linux")]
mod watch;

pub use contexts::{Contexts, Need, Released};
pub use entry::{ContextEntry, ContextName, ExecPlugin, MARK};
pub use error::KubeconfigError;
pub use files::KubeconfigFiles;
pub use keys::Previous;
pub use ledger::{Ledger, LedgerEntry, Switched};
pub use lock::LockWait;
pub use operations::{
    Added, Listed, Options, Outcome, Removed, add, current_context, list_contexts, remove,
    use_context,
};
pub use plan::{CurrentContext, FileBefore};
pub use section::Before;
pub use survey::{Broken, Survey, Surveyed, is_production};
#[cfg(target_os = "linux")]
pub use watch::Watch;
