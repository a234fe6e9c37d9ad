//! HTTP: routes, who is calling, and the one map from errors to status codes.

mod actor;
mod body;
mod events;
mod export;
mod problem;
mod routes;

pub use actor::Peer;
pub use routes::router;
