//! Watches: changes as they happen, one line of JSON each.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, stream};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;

use crate::call::Call;
use crate::cluster::Cluster;
use crate::read;
use crate::select::Chosen;
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
    /// Lines that were not sent yet.
    ready: String,
    changed: watch::Receiver<u64>,
    until: Instant,
    with_columns: bool,
    over: bool,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    /// A watch goes on from the version that its caller has seen; without one, it begins with all
    /// that is there.
    pub(crate) fn new(cluster: &Arc<Cluster>, state: &State, call: Call) -> Result<Self, Refusal> {
        read::check_options(&call)?;
        let place = Arc::clone(&cluster.watches).try_acquire_owned();
        let place = place.map_err(|_full| {
            Refusal::too_many("the sample cluster has as many watches open as it can")
        })?;
        let seconds = call.option("timeoutSeconds").parse().unwrap_or(USUAL).min(USUAL);
        let from = match call.option("resourceVersion") {
            "" | "0" => None,
            text => Some(text.parse().map_err(|_error| {
                Refusal::bad_request(format!("the resource version {text:?} is no number"))
            })?),
        };
        let mut watch = Self {
            cluster: Arc::clone(cluster),
            chosen: Chosen::of(&call)?,
            call,
            seen: from.unwrap_or(state.version()),
            ready: String::new(),
            changed: state.listen(),
            until: Instant::now() + Duration::from_secs(seconds),
            with_columns: true,
            over: false,
            _place: place,
        };
        if from.is_none() {
            let all = state.list(watch.call.kind, &watch.call.at.namespace);
            let all: Vec<_> = all.filter(|one| watch.chosen.includes(one)).cloned().collect();
            for object in all {
                watch.push("ADDED", object);
            }
        }
        Ok(watch)
    }

    /// The lines of the answer, as many at a time as there are.
    pub(crate) fn lines(self) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        stream::unfold(self, |mut watch| async move {
            let lines = watch.next().await?;
            Some((Ok(Frame::data(lines)), watch))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        while !self.over {
            self.changed.mark_unchanged();
            let cluster = Arc::clone(&self.cluster);
            cluster.with(|state| self.read(state));
            if !self.ready.is_empty() {
                return Some(std::mem::take(&mut self.ready).into());
            }
            let stop = self.cluster.stop.clone();
            tokio::select! {
                changed = self.changed.changed() => self.over = changed.is_err(),
                () = tokio::time::sleep_until(self.until) => self.over = true,
                () = stop.cancelled() => self.over = true,
            }
        }
        None
    }

    fn read(&mut self, state: &State) {
        match state.changes_after(self.seen) {
            Ok(changes) => {
                let ours = changes.filter(|change| change.plural == self.call.kind.plural);
                let events: Vec<_> = ours.filter_map(|change| self.event(change)).collect();
                for (event, object) in events {
                    self.push(event, object);
                }
                self.seen = state.version();
            }
            Err(refusal) => {
                self.push("ERROR", refusal.body());
                self.over = true;
            }
        }
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

    fn push(&mut self, event: &str, mut object: Value) {
        if self.call.as_table && event != "ERROR" {
            let how = (self.with_columns, self.call.option("includeObject"));
            object = table::table(self.call.kind, &object, how, self.cluster.clock.now());
            self.with_columns = false;
        }
        writeln!(self.ready, "{}", json!({ "type": event, "object": object })).ok();
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test waits for what it spawns")]
mod tests;
