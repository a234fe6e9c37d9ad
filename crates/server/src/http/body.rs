//! Input, read strictly: bounded, JSON, and without fields that nobody knows.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use bellhop_api::{Code, LARGEST_BODY, Problem};
use serde::de::DeserializeOwned;

use super::problem::Failed;
use crate::app::App;

/// A JSON body.
pub(super) struct Input<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Input<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failed> {
        let bytes = Bytes::from_request(request, app).await.map_err(|_| {
            invalid(format!("the body is larger than {LARGEST_BODY} bytes, or it broke off"))
        })?;
        // A call that takes nothing may come without a body.
        let read = serde_json::from_slice(if bytes.is_empty() { b"{}" } else { &bytes });
        read.map(Self).map_err(|e| invalid(format!("the body is not what this call takes: {e}")))
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
    Failed(Problem::new(Code::InvalidInput, detail))
}
