//! What nearly every command needs: where things are, and a client of the backend.

use std::path::PathBuf;

use anyhow::Context;
use bellhop_api::{Client, ClientError};
use bellhop_domain::{Clock, SystemClock};
use bellhop_workstation::home::Home;
use chrono::{DateTime, Utc};

/// Where this user's Bellhop lives.
pub(crate) fn home(explicit: Option<PathBuf>) -> anyhow::Result<Home> {
    Ok(Home::resolve(explicit)?)
}

/// A client of this user's backend.
pub(crate) fn client(home: &Home) -> anyhow::Result<Client> {
    Ok(Client::on_socket(&home.socket())?)
}

/// Says what to do when nobody answers.
pub(crate) fn reached<T>(home: &Home, answer: Result<T, ClientError>) -> anyhow::Result<T> {
    if !matches!(answer, Err(ClientError::Unreachable(_))) {
        return Ok(answer?);
    }
    let serve = match home.explicit() {
        Some(folder) => format!("bellhop --home {} serve", folder.display()),
        None => "bellhop serve".to_owned(),
    };
    answer.with_context(|| {
        format!("no backend is running on {}. Start one with: {serve}", home.socket().display())
    })
}

/// The time, for texts such as "in 12m".
pub(crate) fn now() -> DateTime<Utc> {
    SystemClock.now()
}
