//! The backend as a library: use cases, HTTP, jobs, configuration.
//!
//! `app` decides and stores, `work` carries out, `http` lets people in, `config` reads files.

pub mod app;
mod backend;
pub mod config;
mod connect;
mod credentials;
pub mod http;
pub mod keyring;
pub mod limits;
mod listen;
pub mod metrics;
pub mod timer;
pub mod work;
pub mod workstation;

pub use backend::{Backend, Options};
pub use bellhop_store::audit::Walk;
pub use bellhop_store::{Place, Store, StoreError};
pub use listen::{Door, ListenError};
