//! Bellhop's memory: SQLite, migrations, jobs and the audit chain.
//!
//! Functions take an open [`Tx`] and never open one: a use case is one transaction, opened and
//! committed by the server. This crate is the only one that knows SQL.

pub mod access;
pub mod accounts;
pub mod audit;
mod error;
pub mod flows;
pub mod integrations;
pub mod jobs;
pub mod list;
pub mod people;
mod tx;

pub use error::StoreError;
pub use tx::{Store, Told, Tx};
