//! Changes as they are committed: server-sent events whose id is the place in the audit log, so
//! that a client goes on with `Last-Event-ID` and misses nothing.
//!
//! A stream reads as much as its client takes, a page at a time: a slow client costs no more than a
//! fast one.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::Event;
use bellhop_api::{CONTEXTS_CHANGED, Change, Code, EventsQuery, Problem};
use futures::Stream;

use super::actor::{By, machine_of};
use super::body::Asked;
use super::describe::{LastEvent, Paged};
use super::problem::Failed;
use crate::app::{App, AppError, Caller, audit};
use crate::limits::{MOST_STREAMS, Seat};

/// After this long without a change, a stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Follow changes as they are committed
///
/// Server-sent events; `data` is a `Change`, `id` its place in the audit log. Only what the caller
/// may see is told. Without a place to begin after, the stream begins now. When it breaks off,
/// open it again after the last id: nothing is missed. A comment comes after 15 seconds without
/// a change. Other kubectl contexts on the caller's own machine are told as `workstation.contexts`,
/// without an id.
#[utoipa::path(get, path = "/events", operation_id = "follow_events", tag = "events", params(EventsQuery, LastEvent),
    responses((status = 200, description = "The stream", body = Change, content_type = "text/event-stream"), Paged))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    By(caller): By,
    Asked(query): Asked<EventsQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failed> {
    // A browser that goes on sends the address as it was at first, and the header.
    let asked = last_event(&headers)?.or(query.after);
    let newest = newest(&app).await?;
    if let Some(asked) = asked.filter(|asked| !(0..=newest).contains(asked)) {
        let text = format!("the audit log goes from 0 to {newest}, and {asked} is no place in it");
        let problem = Problem::new(Code::BadCursor, text);
        return Err(Failed::of(problem.next("Read anew what you show, and begin without a place")));
    }
    let after = asked.unwrap_or(newest);
    let seat = app.limits.stream(caller.person.id).ok_or_else(|| {
        let text = format!("you have {MOST_STREAMS} event streams open, and there are no more");
        Failed::of(Problem::new(Code::RateLimited, text).next("Close one of them").wait(1))
    })?;
    let (head, ready) = (app.head.subscribe(), Vec::new());
    let contexts = machine_of(&app, &caller).map(|machine| machine.changes());
    let reader = Reader { head, contexts, app, caller, after, ready, _seat: seat };
    let events = futures::stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    Ok(Sse::new(events))
}

/// The place after the last event that the client saw.
fn last_event(headers: &HeaderMap) -> Result<Option<i64>, Failed> {
    let Some(id) = headers.get("last-event-id") else { return Ok(None) };
    let id = id.to_str().ok().and_then(|id| id.parse().ok());
    id.map(Some).ok_or_else(|| {
        let text = "Last-Event-ID must be the number of a place in the audit log";
        Failed::of(Problem::new(Code::InvalidInput, text))
    })
}

async fn newest(app: &App) -> Result<i64, AppError> {
    let mut tx = app.store.glance().await?;
    Ok(bellhop_store::audit::head(&mut tx).await?.seq)
}

struct Reader {
    app: Arc<App>,
    caller: Caller,
    head: tokio::sync::watch::Receiver<i64>,
    /// Moves when the contexts of the client's machine are others.
    contexts: Option<tokio::sync::watch::Receiver<u64>>,
    after: i64,
    ready: Vec<Change>,
    /// Given back when the client is gone.
    _seat: Seat,
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
                        match self.news().await? {
                            News::Logged => {}
                            News::Contexts => return self.contexts_changed(),
                            News::None => return Some(Event::default().comment("alive")),
                        }
                    }
                }
                // Whoever it was for is not here any more.
                Err(AppError::Forbidden(why)) => {
                    tracing::info!(%why, "an event stream was ended");
                    return None;
                }
                Err(error) => {
                    tracing::error!(%error, "an event stream broke off");
                    return None;
                }
            }
        }
    }

    /// Waits for news; tells which there is before the next heartbeat. Nothing when there will be
    /// none any more.
    async fn news(&mut self) -> Option<News> {
        let (head, contexts) = (&mut self.head, self.contexts.as_mut());
        let news = async {
            tokio::select! {
                moved = head.changed() => moved.ok().map(|()| News::Logged),
                () = moved(contexts) => Some(News::Contexts),
            }
        };
        self.app.within(HEARTBEAT, news).await.unwrap_or(Some(News::None))
    }

    /// It stands in no log: a client that begins again reads anew what it shows.
    fn contexts_changed(&self) -> Option<Event> {
        let kind = CONTEXTS_CHANGED.to_owned();
        Event::default().json_data(Change { seq: self.after, kind, request: None }).ok()
    }
}

/// What there is to tell.
enum News {
    /// There is more in the audit log.
    Logged,
    /// The client's machine has other contexts.
    Contexts,
    /// Nothing.
    None,
}

/// Comes when the contexts are others; never, where nobody can tell.
async fn moved(contexts: Option<&mut tokio::sync::watch::Receiver<u64>>) {
    if let Some(contexts) = contexts
        && contexts.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}
