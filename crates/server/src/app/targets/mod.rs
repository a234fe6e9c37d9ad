//! What somebody may ask for: the globs of the flows, spelt out over what was discovered.
//!
//! It is kept in memory, for people under the same flows together, and looked up by which versions
//! of flows and lists it was made from. Those are read anew on every call, so what another replica
//! changed shows at once.

use std::future::pending;
use std::panic::resume_unwind;

pub(super) mod advice;
mod catalogue;
mod expand;
mod nearest;
mod rank;
mod resolve;
mod search;
mod terms;

pub use catalogue::Catalogue;
pub(super) use nearest::nearest;
pub(super) use resolve::{targets, whole};
pub use search::search;
pub(super) use terms::{terms, words};

/// Works on many targets without keeping others from being served.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The program is ending, and nobody waits for this any more.
            Err(_) => pending().await,
        },
    }
}
