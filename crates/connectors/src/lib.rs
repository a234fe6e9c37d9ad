//! The connector contract, and one module for each kind of system.

mod contract;
mod diagnosis;
mod fault;
pub mod kubernetes;
mod preview;

pub use contract::{
    Account, Connector, Endpoint, EndsAlone, FoundPermission, FoundResource, FoundType, Health,
    Leaving, Leftover, MOST_RESOURCES, MOST_TAGS, MadeFor, Minted, Order, Presence, Probe, Revoked,
    found_in_lane,
};
pub use diagnosis::{Diagnosis, MOST_OVERDUE, Overdue, Plugin};
pub use fault::Fault;
pub use preview::{About, Check, Finding, Flaw, Preview};
