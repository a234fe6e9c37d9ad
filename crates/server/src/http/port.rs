//! The loopback port: for a browser or a script of the same person that cannot speak to a Unix
//! socket. Opened on request, closed when idle.
//!
//! Any page in any browser of this machine can send calls to it. So the host must be the one that
//! was told (a name that an attacker points here is another one), an origin the port's own, and
//! each call carries a token, which no page can make a browser send by itself. There are no cookies
//! and no leave for other origins. Other users of this machine can connect as well, and read on a
//! browser's command line which code it was started with: codes are swapped by programs of ours only.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use bellhop_api::{Code, LoopbackPort, NewSession, Nothing, Problem, Session};
use bellhop_domain::Identity;
use futures::StreamExt as _;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::actor::BySocket;
use super::body::Input;
use super::describe::Change;
use super::neighbour::Neighbour;
use super::problem::Failed;
use super::{Answer, Shared, pages, routes};
use crate::app::App;
use crate::app::desk::CODE_LIFE;

/// How often another port is tried when the other loopback address has it in use.
const MOST_TRIES: usize = 16;

/// Open the loopback port
///
/// On the socket only. Opens a port for browsers and scripts on 127.0.0.1 and, where there is one,
/// `[::1]`, or tells the one that is open. It closes after 15 minutes without a call. The code is good
/// for 30 seconds, and once: `POST /api/v1/session` on that port swaps it for a token.
#[utoipa::path(post, path = "/loopback", operation_id = "open_loopback", tag = "backend",
    security(()), request_body = Nothing,
    responses((status = 200, description = "Where it is, and a one-time code", body = LoopbackPort), Change))]
pub(super) async fn open(
    State(app): Shared,
    BySocket(caller): BySocket,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<LoopbackPort> {
    let opened = app.desk.code(caller.via, app.clock.boot(), || listen(&app));
    let (port, code) = opened.map_err(|error| {
        tracing::error!(%error, "no loopback port was opened");
        let text = format!("no port could be opened on 127.0.0.1: {error}");
        Failed::of(
            Problem::new(Code::Internal, text).next("Look at the log: bellhop serve writes it"),
        )
    })?;
    let address = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
    let seconds = CODE_LIFE.num_seconds().unsigned_abs();
    let pages = app.desk.has_pages();
    Ok(Json(LoopbackPort { address, code, code_seconds: seconds, pages }))
}

/// Swap a one-time code for a token
///
/// On the loopback port only. Send the token as `Authorization: Bearer` with every call there. It
/// lives as long as the port.
#[utoipa::path(post, path = "/session", operation_id = "begin_session", tag = "backend",
    security(()), request_body = NewSession,
    responses((status = 200, description = "The token", body = Session), Change))]
pub(super) async fn session(
    State(app): Shared,
    OnPort { peer, number }: OnPort,
    Input(body): Input<NewSession>,
) -> Answer<Session> {
    if Neighbour::at(peer, number) == Neighbour::Other {
        tracing::warn!("a program of another user tried to swap a code on the loopback port");
        let text = "codes are swapped by programs of the user that this backend runs as";
        return Err(Failed::of(Problem::new(Code::Forbidden, text)));
    }
    let token = app.desk.swap(&body.code, app.clock.boot()).ok_or_else(|| {
        let text = "this code is none, was used already, or is older than 30 seconds";
        Failed::of(
            Problem::new(Code::Unauthenticated, text).next("Get another: bellhop open --print"),
        )
    })?;
    Ok(Json(Session { token }))
}

/// Opens the port and serves it until it is told to stop.
fn listen(app: &Arc<App>) -> io::Result<(u16, CancellationToken)> {
    let (listeners, number) = bound()?;
    let stop = CancellationToken::new();
    for listener in listeners {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let service =
            router(app, number, &stop).into_make_service_with_connect_info::<SocketAddr>();
        let stopped = stop.clone().cancelled_owned();
        app.desk.tasks.spawn(async move {
            let serving = axum::serve(listener, service).with_graceful_shutdown(stopped);
            if let Err(error) = serving.await {
                tracing::error!(%error, "the loopback port failed");
            }
        });
    }
    let (app, stopped) = (Arc::clone(app), stop.clone());
    app.desk.tasks.clone().spawn(async move {
        // Looked at again later each time that it was used meanwhile.
        while let Some(rest) = app.desk.look(app.clock.boot()).filter(|_| !stopped.is_cancelled()) {
            tokio::select! {
                () = app.timer.sleep(rest.to_std().unwrap_or_default()) => {}
                () = stopped.cancelled() => {}
            }
        }
        tracing::info!(port = number, "the loopback port is closed");
    });
    tracing::info!(port = number, "the loopback port is open");
    Ok((number, stop))
}

/// The same port on both loopback addresses; on the first alone where there is no second.
fn bound() -> io::Result<(Vec<TcpListener>, u16)> {
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..MOST_TRIES {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let number = first.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, number)) {
            Ok(second) => return Ok((vec![first, second], number)),
            // Somebody else has it: a browser that takes localhost for [::1] would reach them.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken = error,
            Err(_) => return Ok((vec![first], number)),
        }
    }
    Err(taken)
}

/// The API as the port serves it, and the pages that call it.
fn router(app: &Arc<App>, number: u16, stop: &CancellationToken) -> Router {
    let token = middleware::from_fn_with_state(Arc::clone(app), signed_in);
    let door = Arc::new(Door { number, stop: stop.clone() });
    let door = middleware::from_fn_with_state(door, at_the_door);
    let guard = |calls: Router<_>| calls.route_layer(token).merge(pages::routes());
    routes::guarded(Arc::clone(app), guard).layer(door)
}

struct Door {
    number: u16,
    stop: CancellationToken,
}

/// Marks what came through the port, and from where.
#[derive(Clone, Copy)]
pub(super) struct OnPort {
    peer: SocketAddr,
    number: u16,
}

impl<S: Sync> FromRequestParts<S> for OnPort {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| {
            let text = "codes are swapped on the loopback port; nothing else needs a session";
            Failed::of(
                Problem::new(Code::Unauthenticated, text).next("Open it: bellhop open --print"),
            )
        })
    }
}

/// Whose token a call carried.
#[derive(Clone)]
pub(super) struct SignedIn(pub(super) Identity);

/// Lets in what was meant for this port and comes from no other page, and ends every answer when
/// the port closes.
async fn at_the_door(
    State(door): State<Arc<Door>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(refused) = door.meant_for_us(&request) {
        return refused.into_response();
    }
    request.extensions_mut().insert(OnPort { peer, number: door.number });
    let (mut head, body) = next.run(request).await.into_parts();
    for (name, value) in KEPT_CLOSE {
        // A page says by itself how long it may be kept.
        head.headers.entry(name).or_insert(value);
    }
    // An event stream does not end by itself.
    let body = body.into_data_stream().take_until(door.stop.clone().cancelled_owned());
    Response::from_parts(head, Body::from_stream(body))
}

/// Answers are for whoever asked, and are what they say they are.
const KEPT_CLOSE: [(HeaderName, HeaderValue); 3] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

impl Door {
    fn meant_for_us(&self, request: &Request) -> Result<(), Failed> {
        let refused = |text: &str| Failed::of(Problem::new(Code::Forbidden, text));
        let own = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{}", self.number));
        let host = one(request.headers(), &header::HOST)
            .filter(|host| own.iter().any(|own| own == host))
            .ok_or_else(|| refused("this port answers only calls to its own address"))?;
        let named = request.uri().authority().is_none_or(|authority| authority.as_str() == host);
        if !named {
            return Err(refused("the address and the header Host name two different places"));
        }
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        if origins.any(|origin| origin.as_bytes() != format!("http://{host}").as_bytes()) {
            return Err(refused("this port answers no calls that another page makes"));
        }
        Ok(())
    }
}

/// A header that is there once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(value)
}

/// Lets in whoever carries a token.
async fn signed_in(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    if request.uri().path() == SESSION {
        return next.run(request).await;
    }
    let token = one(request.headers(), &header::AUTHORIZATION).and_then(bearer);
    let owner = token.and_then(|token| app.desk.owner(&token, app.clock.boot()));
    let Some(owner) = owner else {
        let text = "this call carries no token that is good on this port";
        let problem = Problem::new(Code::Unauthenticated, text);
        let next = "Get a code with bellhop open --print, and swap it: POST /api/v1/session";
        let mut answer = Failed::of(problem.next(next)).into_response();
        let asked = HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, asked);
        return answer;
    };
    request.extensions_mut().insert(SignedIn(owner));
    next.run(request).await
}

/// The one call that comes without a token.
const SESSION: &str = "/api/v1/session";

fn bearer(header: &str) -> Option<SecretString> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned().into())
}
