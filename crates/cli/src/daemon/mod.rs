//! The backend of this user as a command finds it: there already, started now, or replaced because
//! it is older than this program.

mod handover;
mod start;

use std::path::Path;

use bellhop_api::{API_VERSION, Client, ClientError, Hello};
use bellhop_workstation::home::Home;
use semver::Version;

use crate::output;
use crate::session::NoBackend;

pub(crate) use start::{Stopped, lock_is_free, stop};

/// The version of this program.
pub(crate) fn own_version() -> anyhow::Result<Version> {
    Ok(bellhop_api::version().parse()?)
}

/// A client of this user's backend, which is started when none runs.
pub(crate) async fn reach(home: &Home) -> anyhow::Result<Client> {
    let client = Client::on_socket(&home.socket())?;
    match client.hello().await {
        Ok(hello) => fitting(home, client, hello).await,
        Err(ClientError::Unreachable(why)) if start::is_allowed() && nobody_listens(home) => {
            tracing::debug!(why, "no backend answers");
            start::detached(home, &client).await?;
            Ok(client)
        }
        Err(ClientError::Unreachable(why)) => Err(NoBackend::at(home, why).into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether it is safe to start one: a backend that is there and silent holds the socket.
fn nobody_listens(home: &Home) -> bool {
    std::os::unix::net::UnixStream::connect(home.socket()).is_err()
}

async fn fitting(home: &Home, client: Client, hello: Hello) -> anyhow::Result<Client> {
    let (own, theirs) = (own_version()?, hello.version.parse::<Version>());
    // One whose version does not read is none that this program can replace.
    let older = theirs.as_ref().is_ok_and(|theirs| *theirs < own);
    if older && handover::replaced(home, &client, &own).await? {
        return Ok(client);
    }
    if hello.api == API_VERSION {
        if older {
            output::progress(format!(
                "bellhop: the backend is still version {}, this is {own}. Restart it when it suits",
                hello.version
            ));
        }
        return Ok(client);
    }
    let (version, api) = (&hello.version, hello.api);
    anyhow::bail!(
        "the backend is version {version} and speaks API {api}, this bellhop is {own} and speaks API \
         {API_VERSION}. {}",
        if older { "Stop that backend, and try again" } else { "Use the newer bellhop" }
    )
}

/// This very program, by its own path.
pub(crate) fn own_program() -> anyhow::Result<std::path::PathBuf> {
    // After an update in place Linux calls the running file "… (deleted)".
    let path = std::env::current_exe()?;
    let text = path.to_string_lossy();
    Ok(text.strip_suffix(" (deleted)").map_or_else(|| path.clone(), |path| Path::new(path).into()))
}
