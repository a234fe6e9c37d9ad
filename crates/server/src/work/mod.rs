//! Work: jobs are claimed by lease, carried out outside every transaction, and recorded.
//!
//! A job does not remember anything between tries: it reads what is stored, does the next thing,
//! and stores what it saw. Crash and happy case therefore take the same path.

mod apply;
mod backoff;
mod carry;
mod drift;
mod driver;
mod effect;
mod extend;
mod outage;
mod recheck;
pub(crate) mod recurring;
mod revoke;
pub(crate) mod sweep;
pub(crate) mod sync;
mod verify;

pub use driver::Worker;
