//! Who is calling: the peer of the Unix socket, asked of the kernel and never of the client.

use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::serve::IncomingStream;
use bellhop_api::{Code, Problem};
use tokio::net::UnixListener;

use super::problem::Failed;
use crate::app::{App, Caller, people};

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
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().and_then(|info| info.0.uid);
        let own = nix::unistd::Uid::effective();
        let Some(uid) = peer.filter(|uid| *uid == own.as_raw()) else {
            return Err(Failed(Problem::new(
                Code::Unauthenticated,
                "this backend serves only the user it runs as. Run bellhop as that user, or start \
                 a backend of your own with bellhop serve",
            )));
        };
        Ok(Self(people::os_user(app, uid, || name_of(own)).await?))
    }
}

fn name_of(own: nix::unistd::Uid) -> String {
    match nix::unistd::User::from_uid(own) {
        Ok(Some(user)) => user.name,
        Ok(None) | Err(_) => format!("uid{own}"),
    }
}
