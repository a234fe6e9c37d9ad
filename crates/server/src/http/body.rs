//! Input, read strictly: bounded, JSON, and without fields that nobody knows.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use bellhop_api::{Code, IDEMPOTENCY_KEY, Problem};
use serde::de::DeserializeOwned;

use super::actor::By;
use super::problem::Failed;
use crate::app::{App, Caller, Once};

/// A JSON body.
pub(super) struct Input<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Input<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failed> {
        Ok(Self(read(&bytes(request, app).await?)?))
    }
}

async fn bytes(request: Request, app: &Arc<App>) -> Result<Bytes, Failed> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| !is_json(kind)) {
        let problem = Problem::new(Code::UnsupportedMediaType, "the body is not marked as JSON");
        return Err(Failed::of(
            problem.next("Send it with the header Content-Type: application/json"),
        ));
    }
    Bytes::from_request(request, app).await.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let text = "the body is larger than this call takes";
            Failed::of(Problem::new(Code::BodyTooLarge, text).next("Ask for less at once"))
        }
        _ => invalid("the body broke off".to_owned()),
    })
}

/// Whether a body is marked as JSON, whatever is said about its letters.
fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failed> {
    // A call that takes nothing may come without a body.
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // A list of the fields' values in their order would be read as an object with these fields.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(invalid("the body is not what this call takes: it is no JSON object".into()));
    }
    serde_json::from_slice(bytes)
        .map_err(|e| invalid(format!("the body is not what this call takes: {}", short(&e))))
}

/// What a parser says, which may repeat what it was given.
fn short(error: &serde_json::Error) -> String {
    const MOST: usize = 300;
    let text = error.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Who calls, and the JSON body of a call that changes something. It may come under a key, and is
/// done once then.
pub(super) struct Keyed<T>(pub(super) Caller, pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Keyed<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failed> {
        let (mut parts, body) = request.into_parts();
        let By(caller) = By::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let call = request.uri().path().to_owned();
        let mut keys = request.headers().get_all(IDEMPOTENCY_KEY).iter();
        let key = keys.next().map(|key| key.as_bytes().to_owned());
        if keys.next().is_some() {
            return Err(invalid("Idempotency-Key is there more than once".to_owned()));
        }
        let bytes = bytes(request, app).await?;
        let once = key.map(|key| Once::new(&key, &call, &bytes)).transpose()?;
        Ok(Self(Caller { once, ..caller }, read(&bytes)?))
    }
}

/// Longer than the name of anything that a path may name.
const LONGEST_NAME: usize = 100;

/// A part of the path: a number, a name.
pub(super) struct Named(pub(super) String);

impl FromRequestParts<Arc<App>> for Named {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failed> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(name)) if name.len() <= LONGEST_NAME => Ok(Self(name)),
            Ok(Path(_)) => Err(invalid(format!(
                "the path names something with more than {LONGEST_NAME} characters, and nothing \
                 here has such a name"
            ))),
            Err(e) => Err(invalid(format!("the path does not read: {e}"))),
        }
    }
}

/// Query parameters.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failed> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(e) => Err(invalid(format!("the query is not what this call takes: {e}"))),
        }
    }
}

fn invalid(detail: String) -> Failed {
    Failed::of(Problem::new(Code::InvalidInput, detail))
}
