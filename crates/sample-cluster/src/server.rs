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
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use crate::call::Answer;
use crate::cluster::{Cluster, Reply};
use crate::discovery::Page;
use crate::status::Refusal;
use crate::table;
use crate::watch::Watch;

const CONNECTIONS: usize = 256;
/// No object is larger, then.
const LONGEST_BODY: usize = 256 << 10;
const LONGEST_HEAD: usize = 64 << 10;
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A connection may rest for so long between two requests.
const IDLE: Duration = Duration::from_mins(3);
const BODY: Duration = Duration::from_secs(30);

type Out = Response<UnsyncBoxBody<Bytes, Infallible>>;

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

async fn respond(cluster: &Arc<Cluster>, request: Request<Incoming>) -> Out {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(BODY, Limited::new(body, LONGEST_BODY).collect()).await;
    let body = match body {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return refusal(&Refusal::too_large());
        }
        Ok(Err(_)) | Err(_) => {
            return refusal(&Refusal::bad_request("the body did not come in time and complete"));
        }
    };
    let answering = Arc::clone(cluster);
    // Changes are written to a disk before they are answered.
    let answer = tokio::task::spawn_blocking(move || answering.answer(&head, body)).await;
    let answer = answer.unwrap_or_else(|error| Err(Refusal::internal(error.to_string())));
    let answered = match answer {
        Ok(Reply::Page(page)) => Ok(of_page(page)),
        Ok(Reply::Answer(call, Answer::Object(code, object), _)) => {
            let how = (true, call.option("includeObject"));
            let now = cluster.clock.now();
            let is_list = object.get("items").is_some();
            let ours = is_list || object.get("kind").is_some_and(|kind| kind == call.kind.name);
            let shown = if call.as_table && ours {
                table::table(call.kind, &object, how, now)
            } else {
                object
            };
            Ok(json(code, &shown))
        }
        Ok(Reply::Answer(call, Answer::Watch { from, first }, changed)) => {
            Watch::new(cluster, *call, (from, first), changed).map(|watch| {
                let body = StreamBody::new(watch.lines()).boxed_unsync();
                with_type(StatusCode::OK, "application/json", body)
            })
        }
        Err(refused) => Err(refused),
    };
    answered.unwrap_or_else(|refused| refusal(&refused))
}

fn refusal(refused: &Refusal) -> Out {
    let mut out = json(refused.code, &refused.body());
    if refused.code == StatusCode::TOO_MANY_REQUESTS {
        out.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    out
}

fn of_page(page: Page) -> Out {
    let text = "text/plain; charset=utf-8";
    match page {
        Page::Object(object) => json(StatusCode::OK, &object),
        Page::Text(code, words) => with_type(code, text, full(words)),
        Page::Nothing => with_type(StatusCode::OK, "application/octet-stream", full("")),
    }
}

fn json(code: StatusCode, object: &Value) -> Out {
    with_type(code, "application/json", full(format!("{object}\n")))
}

fn full(text: impl Into<Bytes>) -> UnsyncBoxBody<Bytes, Infallible> {
    Full::new(text.into()).boxed_unsync()
}

fn with_type(code: StatusCode, media: &'static str, body: UnsyncBoxBody<Bytes, Infallible>) -> Out {
    let mut out = Response::new(body);
    *out.status_mut() = code;
    let headers = out.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    out
}
