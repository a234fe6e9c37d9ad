//! HTTP: routes, who is calling, and the one map from errors to status codes.

mod actor;
mod audit;
mod body;
mod bounds;
mod describe;
mod events;
mod export;
mod flows;
mod health;
mod here;
mod neighbour;
mod pages;
mod port;
mod problem;
mod requests;
mod routes;
mod systems;
mod targets;
mod who;
mod workstation;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;

pub use actor::Peer;
pub use routes::{openapi, router};

type Answer<T> = Result<Json<T>, problem::Failed>;
type Shared = State<Arc<App>>;
