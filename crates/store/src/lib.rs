//! Bellhop's memory: SQLite or PostgreSQL, migrations, jobs and the audit chain.
//!
//! Functions take an open [`Tx`] and never open one: a use case is one transaction, opened and
//! committed by the server. This crate is the only one that knows SQL, and every statement is
//! written once for both engines.

#![cfg_attr(
    test,
    expect(unsafe_code, reason = "linkme gathers the statements in a section of the test binary")
)]

pub mod access;
pub mod accounts;
pub mod audit;
mod backup;
pub mod configuration;
pub mod drift;
mod error;
pub mod figures;
pub mod flows;
pub mod idempotency;
pub mod integrations;
pub mod jobs;
pub mod list;
pub mod people;
mod place;
mod postgres;
pub mod resources;
#[cfg(test)]
#[path = "../tests/scratch/mod.rs"]
mod scratch;
mod sql;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod tx;

pub use error::StoreError;
pub use place::Place;
pub use store::Store;
pub use time::MOST_BEHIND;
pub use tx::{Told, Tx};
