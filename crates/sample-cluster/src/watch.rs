//! Watches: changes as they happen, one line of JSON each.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, stream};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;

use crate::call::{Call, Chosen};
use crate::cluster::Cluster;
use crate::status::Refusal;
use crate::store::{Change, State};
use crate::table;

/// How long a watch goes on when its caller names no time.
const USUAL: u64 = 1_800;

/// One open watch.
pub(crate) struct Watch {
    cluster: Arc<Cluster>,
    call: Call,
    chosen: Chosen,
    seen: u64,
    ready: VecDeque<Bytes>,
    changed: watch::Receiver<u64>,
    until: Instant,
    with_columns: bool,
    over: bool,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    pub(crate) fn new(
        cluster: &Arc<Cluster>,
        call: Call,
        (from, first): (u64, Vec<Value>),
        changed: watch::Receiver<u64>,
    ) -> Result<Self, Refusal> {
        let place = Arc::clone(&cluster.watches).try_acquire_owned();
        let place = place.map_err(|_full| {
            Refusal::too_many("the sample cluster has as many watches open as it can")
        })?;
        let seconds = call.option("timeoutSeconds").parse().unwrap_or(USUAL).min(USUAL);
        let mut watch = Self {
            cluster: Arc::clone(cluster),
            chosen: Chosen::of(&call)?,
            call,
            seen: from,
            ready: VecDeque::new(),
            changed,
            until: Instant::now() + Duration::from_secs(seconds),
            with_columns: true,
            over: false,
            _place: place,
        };
        for object in first {
            watch.push("ADDED", object);
        }
        Ok(watch)
    }

    /// The lines of the answer.
    pub(crate) fn lines(self) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        stream::unfold(self, |mut watch| async move {
            let line = watch.next().await?;
            Some((Ok(Frame::data(line)), watch))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            if self.over {
                return None;
            }
            self.changed.mark_unchanged();
            self.read();
            if self.ready.is_empty() {
                let stop = self.cluster.stop.clone();
                let more = tokio::select! {
                    changed = self.changed.changed() => changed.is_ok(),
                    () = tokio::time::sleep_until(self.until) => false,
                    () = stop.cancelled() => false,
                };
                if !more {
                    return None;
                }
            }
        }
    }

    fn read(&mut self) {
        let cluster = Arc::clone(&self.cluster);
        cluster.with(|state| match self.events(state) {
            Ok(events) => {
                for (event, object) in events {
                    self.push(event, object);
                }
            }
            Err(refusal) => {
                self.push("ERROR", refusal.body());
                self.over = true;
            }
        });
    }

    fn events(&mut self, state: &State) -> Result<Vec<(&'static str, Value)>, Refusal> {
        let changes = state.changes_after(self.seen)?;
        let ours = changes.filter(|change| change.plural == self.call.kind.plural);
        let events = ours.filter_map(|change| self.event(change)).collect();
        self.seen = state.version();
        Ok(events)
    }

    /// For somebody who only looks at some objects, one that is not such any more is removed.
    fn event(&self, change: &Change) -> Option<(&'static str, Value)> {
        let chosen = |one: &Option<Value>| one.clone().filter(|one| self.chosen.includes(one));
        match (chosen(&change.before), chosen(&change.after)) {
            (None, Some(after)) => Some(("ADDED", after)),
            (Some(_), Some(after)) => Some(("MODIFIED", after)),
            (Some(before), None) => Some(("DELETED", change.after.clone().unwrap_or(before))),
            (None, None) => None,
        }
    }

    fn push(&mut self, event: &str, object: Value) {
        let object = if self.call.as_table && event != "ERROR" {
            let how = (self.with_columns, self.call.option("includeObject"));
            self.with_columns = false;
            table::table(self.call.kind, &object, how, self.cluster.clock.now())
        } else {
            object
        };
        let line = json!({ "type": event, "object": object });
        self.ready.push_back(Bytes::from(format!("{line}\n")));
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test waits for what it spawns")]
mod tests;
