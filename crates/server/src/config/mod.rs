//! Integrations and flows as files: read strictly, checked as a whole, planned, then put in force in
//! one transaction.

mod file;
mod folder;
mod hint;
mod plan;
mod put;
mod read;
mod standing;

pub use file::IntegrationFile;
pub(crate) use file::KINDS;
pub use folder::{LARGEST, Source, texts};
pub use plan::{Change, Deed, Field, Plan, What};
pub use put::put_in_force;
pub(crate) use put::{carry_out, text};
pub use read::{Config, ConfigError, check_beside, read};
pub use standing::{Standing, at_start};
pub(crate) use standing::{kept, made_by_hand};
