//! What nearly every command needs: where things are, and a client of the backend.

use std::path::PathBuf;

use bellhop_api::{Client, ClientError};
use bellhop_domain::{Clock, SystemClock, ids};
use bellhop_workstation::home::Home;
use chrono::{DateTime, Utc};

use crate::daemon;

/// Where this user's Bellhop lives.
pub(crate) fn home(explicit: Option<PathBuf>) -> anyhow::Result<Home> {
    Ok(Home::resolve(explicit)?)
}

/// A client of this user's backend, which is started when none runs.
pub(crate) async fn client(home: &Home) -> anyhow::Result<Client> {
    daemon::reach(home).await
}

/// Nobody answers on this user's socket.
#[derive(Debug, thiserror::Error)]
#[error("no backend answers on {socket} ({why}). Start one with: {serve}")]
pub(crate) struct NoBackend {
    socket: String,
    why: String,
    serve: String,
}

impl NoBackend {
    /// On the socket of this home.
    pub(crate) fn at(home: &Home, why: String) -> Self {
        let serve = match home.explicit() {
            Some(folder) => format!("bellhop --home {} serve", folder.display()),
            None => "bellhop serve".to_owned(),
        };
        Self { socket: home.socket().display().to_string(), why, serve }
    }
}

/// Says what to do when nobody answers.
pub(crate) fn reached<T>(home: &Home, answer: Result<T, ClientError>) -> anyhow::Result<T> {
    match answer {
        Err(ClientError::Unreachable(why)) => Err(NoBackend::at(home, why).into()),
        answer => Ok(answer?),
    }
}

/// A key under which one change is sent, however often.
pub(crate) fn new_key() -> String {
    ids::uuid_at(now(), rand::random()).to_string()
}

/// The time, for texts such as "in 12m".
pub(crate) fn now() -> DateTime<Utc> {
    SystemClock.now()
}
