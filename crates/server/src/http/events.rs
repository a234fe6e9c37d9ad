//! Changes as they are committed: server-sent events whose id is the place in the audit log, so
//! that a client resumes with `Last-Event-ID` and misses nothing.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use bellhop_api::{Change, Code, Problem};
use futures::Stream;

use super::actor::By;
use super::problem::Failed;
use crate::app::{App, AppError, Caller, audit};

/// `GET /api/v1/events`
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    By(caller): By,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failed> {
    let after = match headers.get("last-event-id") {
        Some(id) => id.to_str().ok().and_then(|id| id.parse().ok()).ok_or_else(|| {
            let text = "Last-Event-ID must be the number of a place in the audit log";
            Failed(Problem::new(Code::InvalidInput, text))
        })?,
        None => newest(&app).await?,
    };
    let reader = Reader { head: app.head.subscribe(), app, caller, after, ready: Vec::new() };
    let events = futures::stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

async fn newest(app: &App) -> Result<i64, AppError> {
    let mut tx = app.store.glance().await?;
    Ok(bellhop_store::audit::head(&mut tx).await?.seq)
}

struct Reader {
    app: Arc<App>,
    caller: Caller,
    head: tokio::sync::watch::Receiver<i64>,
    after: i64,
    ready: Vec<Change>,
}

impl Reader {
    /// The next event; nothing when the stream is to be closed and opened again.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(change) = self.ready.pop() {
                return Event::default().id(change.seq.to_string()).json_data(change).ok();
            }
            self.head.borrow_and_update();
            match audit::changes(&self.app, &self.caller, self.after).await {
                Ok((changes, last)) => {
                    let moved = last > self.after;
                    self.after = last;
                    self.ready = changes;
                    self.ready.reverse();
                    if !moved {
                        self.head.changed().await.ok()?;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "an event stream broke off");
                    return None;
                }
            }
        }
    }
}
