//! The connector contract, and one module for each kind of system.

mod contract;
mod fault;
pub mod kubernetes;

pub use contract::{
    Account, Connector, Endpoint, EndsAlone, Health, Leaving, Leftover, MadeFor, Minted, Order,
    Presence, Probe, Revoked, found_in_lane,
};
pub use fault::Fault;
