//! Who is calling: the peer of the Unix socket, asked of the kernel and never of the client.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath};
use axum::http::Method;
use axum::http::request::Parts;
use axum::serve::IncomingStream;
use bellhop_api::{Code, Problem};
use tokio::net::UnixListener;

use super::port::SignedIn;
use super::problem::Failed;
use crate::app::{App, Caller, people};
use crate::limits::Class;
use crate::workstation::Workstation;

/// The process at the other end of the socket.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    uid: Option<u32>,
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self { uid: stream.io().peer_cred().map(|cred| cred.uid()).ok() }
    }
}

/// The person who calls.
pub(super) struct By(pub(super) Caller);

impl FromRequestParts<Arc<App>> for By {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failed> {
        let caller = match parts.extensions.get::<SignedIn>() {
            Some(SignedIn(identity)) => people::signed_in(app, identity).await?,
            None => peer(parts, app).await?,
        };
        app.limits.count(caller.person.id, class_of(parts)).map_err(too_many)?;
        Ok(Self(caller))
    }
}

/// The person who calls on the socket itself: for what is about this machine, and nothing for a
/// browser.
pub(super) struct BySocket(pub(super) Caller);

impl FromRequestParts<Arc<App>> for BySocket {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failed> {
        let By(caller) = By::from_request_parts(parts, app).await?;
        if parts.extensions.get::<SignedIn>().is_some() {
            let text =
                "this call is about this very machine, and is not answered on the loopback port";
            let problem = Problem::new(Code::Forbidden, text);
            return Err(Failed::of(
                problem.next("Call it on the backend's socket, or use bellhop"),
            ));
        }
        Ok(Self(caller))
    }
}

/// The machine that this backend runs on, for the very user that the backend runs as: on the socket
/// or the loopback port.
pub(super) fn own_machine(app: &App, caller: &Caller) -> Result<Arc<dyn Workstation>, Failed> {
    machine_of(app, caller).ok_or_else(|| {
        let text = "this backend does not run on a machine of yours, so it has no kubectl contexts \
                    to show or to switch";
        Failed::of(Problem::new(Code::NoWorkstation, text).next("Use bellhop on your machine"))
    })
}

/// The same; nothing where it is none of the caller's.
pub(super) fn machine_of(app: &App, caller: &Caller) -> Option<Arc<dyn Workstation>> {
    let own = nix::unistd::Uid::effective().to_string();
    let owns = caller.via.provider == people::OS && caller.via.subject == own;
    app.workstation.get().filter(|_| owns).cloned()
}

/// The person at the other end of the socket.
async fn peer(parts: &Parts, app: &Arc<App>) -> Result<Caller, Failed> {
    let peer = parts.extensions.get::<ConnectInfo<Peer>>().and_then(|info| info.0.uid);
    let own = nix::unistd::Uid::effective();
    let Some(uid) = peer.filter(|uid| *uid == own.as_raw()) else {
        return Err(Failed::of(Problem::new(
            Code::Unauthenticated,
            "this backend serves only the user it runs as. Run bellhop as that user, or start \
                 a backend of your own with bellhop serve",
        )));
    };
    Ok(people::os_user(app, uid, || name_of(own)).await?)
}

/// What a call counts as.
fn class_of(parts: &Parts) -> Class {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match parts.method {
        Method::GET | Method::HEAD => Class::Read,
        _ if path.ends_with("/credential") => Class::Credential,
        _ => Class::Change,
    }
}

fn too_many(wait: Duration) -> Failed {
    let seconds = wait.as_secs() + 1;
    let text = "you, or a program of yours, called too often just now, so this call was not \
                carried out";
    let next = match seconds {
        1 => "Wait a second, then try again".to_owned(),
        _ => format!("Wait {seconds} seconds, then try again"),
    };
    Failed::of(Problem::new(Code::RateLimited, text).next(next).wait(seconds))
}

fn name_of(own: nix::unistd::Uid) -> String {
    match nix::unistd::User::from_uid(own) {
        Ok(Some(user)) => user.name,
        Ok(None) | Err(_) => format!("uid{own}"),
    }
}
