//! Integrations and flows as files: read strictly, checked as a whole, then put in force in one
//! transaction.

mod file;
mod hint;
mod put;
mod read;

pub use file::IntegrationFile;
pub(crate) use file::KINDS;
pub use put::put_in_force;
pub use read::{Config, ConfigError, read};
