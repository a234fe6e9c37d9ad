//! The wire: TLS and HTTP, with a limit on everything that somebody else decides.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use crate::admit::LARGEST;
use crate::call::Answer;
use crate::cluster::Cluster;
use crate::status::Refusal;

const CONNECTIONS: usize = 256;
const LONGEST_HEAD: usize = 64 << 10;
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A connection may rest for so long between two requests.
const IDLE: Duration = Duration::from_mins(3);
const BODY: Duration = Duration::from_secs(30);

type Content = UnsyncBoxBody<Bytes, Infallible>;

/// Takes connections until the cluster stops.
pub(crate) async fn serve(
    cluster: Arc<Cluster>,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    tasks: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted,
            () = cluster.stop.cancelled() => return,
        };
        let Ok((socket, _)) = socket else {
            // Out of file descriptors, say: it passes, and must not spin until then.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let (cluster, acceptor) = (Arc::clone(&cluster), acceptor.clone());
        tasks.spawn(async move {
            connection(cluster, socket, acceptor).await;
            drop(place);
        });
    }
}

async fn connection(cluster: Arc<Cluster>, socket: TcpStream, acceptor: TlsAcceptor) {
    socket.set_nodelay(true).ok();
    let Ok(Ok(tls)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(socket)).await else {
        return;
    };
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(IDLE).max_buf_size(LONGEST_HEAD);
    let stop = cluster.stop.clone();
    let service = service_fn(move |request| {
        let cluster = Arc::clone(&cluster);
        async move { Ok::<_, Infallible>(respond(&cluster, request).await) }
    });
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(tls), service));
    // How a connection ends is a matter of its other end.
    tokio::select! {
        ended = connection.as_mut() => drop(ended),
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}

async fn respond(cluster: &Arc<Cluster>, request: Request<Incoming>) -> Response<Content> {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(BODY, Limited::new(body, LARGEST).collect()).await;
    let answer = match body {
        Ok(Ok(body)) => cluster.answer(&head, body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Refusal::too_large(LARGEST))
        }
        Ok(Err(_)) | Err(_) => {
            Err(Refusal::bad_request("the body did not come in time and complete"))
        }
    };
    let answer = answer.unwrap_or_else(|refused| Answer::Object(refused.code, refused.body()));
    let json = "application/json";
    let (code, media, content) = match answer {
        Answer::Object(code, object) => (code, json, full(format!("{object}\n"))),
        Answer::Text(code, words) => (code, "text/plain; charset=utf-8", full(words)),
        Answer::Watch(watch) => {
            (StatusCode::OK, json, StreamBody::new(watch.lines()).boxed_unsync())
        }
    };
    let mut out = Response::new(content);
    *out.status_mut() = code;
    let mut set = |name, value| out.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, media);
    set(header::CACHE_CONTROL, "no-cache, private");
    if code == StatusCode::TOO_MANY_REQUESTS {
        set(header::RETRY_AFTER, "1");
    }
    out
}

fn full(text: impl Into<Bytes>) -> Content {
    Full::new(text.into()).boxed_unsync()
}
