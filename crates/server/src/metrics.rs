//! What is measured, with names and units; for Prometheus (`GET /metrics`, as `OpenMetrics` text).
//!
//! Labels have few values: templates of routes, kinds of jobs, states. Never an id or a name.

use std::fmt;

use bellhop_domain::JobKind;
use bellhop_store::figures::Figures;
use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// States that somebody may be alarmed about, and therefore has to be able to ask for.
const SHOWN_AT_ZERO: [&str; 3] = ["active", "revoking", "revoke_stuck"];

/// A call that was answered.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Run {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: String,
}

/// How a job's run came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It came to its end; the job is done, goes on later, or was put back (see the retries).
    Ended,
    /// The request had moved on, and nothing was left to do.
    Void,
    /// Somebody else has the lease now.
    LeaseLost,
    /// The store or the program failed.
    Failed,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Void => "void",
            Self::LeaseLost => "lease_lost",
            Self::Failed => "failed",
        }
    }
}

/// Everything that is measured while the backend runs.
pub struct Metrics {
    registry: Registry,
    calls: Family<Call, Counter>,
    runs: Family<Run, Counter>,
    retries: Family<Kind, Counter>,
    writes: Histogram,
    due: Family<Kind, Gauge>,
    oldest_revoke: Gauge,
    grants: Family<State, Gauge>,
    head: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let (calls, runs, retries, due, grants) = Default::default();
        let (oldest_revoke, head) = Default::default();
        let metrics = Self {
            registry: Registry::default(),
            // From a tenth of a millisecond to 26 seconds: nobody waits longer for the store.
            writes: Histogram::new(exponential_buckets(0.0001, 4.0, 10)),
            calls,
            runs,
            retries,
            due,
            oldest_revoke,
            grants,
            head,
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let mut registry = Registry::with_prefix("bellhop");
        registry.register("http_requests", "Calls that were answered", self.calls.clone());
        registry.register("job_runs", "Runs of jobs, by how they came out", self.runs.clone());
        registry.register(
            "job_retries",
            "Jobs that were put back to be tried again",
            self.retries.clone(),
        );
        registry.register_with_unit(
            "store_write",
            "From asking for the store's lock to the commit",
            Unit::Seconds,
            self.writes.clone(),
        );
        registry.register(
            "jobs_due",
            "Jobs that are due and that nobody works on",
            self.due.clone(),
        );
        registry.register_with_unit(
            "oldest_revoke",
            "How long the oldest access that is to be taken away waits for it; 0 when none does",
            Unit::Seconds,
            self.oldest_revoke.clone(),
        );
        let grants = "Grants that are not over; revoke_stuck is access that may still be open";
        registry.register("grants", grants, self.grants.clone());
        registry.register("audit_head", "The newest place in the audit log", self.head.clone());
        self.registry = registry;
        self
    }

    /// A call was answered. `route` is the template that it matched, if any.
    pub fn call(&self, method: &str, route: Option<&str>, status: u16) {
        let method = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
            .into_iter()
            .find(|known| *known == method)
            .unwrap_or("other");
        let route = route.unwrap_or("none").to_owned();
        self.calls.get_or_create(&Call { method, route, status }).inc();
    }

    /// A job was run.
    pub fn run(&self, kind: JobKind, outcome: Outcome) {
        self.runs.get_or_create(&Run { kind: kind.name(), outcome: outcome.name() }).inc();
    }

    /// A job is to be tried again.
    pub fn retry(&self, kind: JobKind) {
        self.retries.get_or_create(&Kind { kind: kind.name().to_owned() }).inc();
    }

    /// A change was kept.
    pub fn write(&self, took: TimeDelta) {
        self.writes.observe(took.as_seconds_f64());
    }

    /// Everything as text, with what was counted in the store just now.
    pub fn text(&self, stored: &Figures, now: DateTime<Utc>) -> Result<String, fmt::Error> {
        for (kind, count) in &stored.due {
            self.due.get_or_create(&Kind { kind: kind.name().to_owned() }).set(*count);
        }
        // A state that nothing is in any more is not told by the store.
        self.grants.clear();
        for state in SHOWN_AT_ZERO {
            self.grants.get_or_create(&State { state: state.to_owned() }).set(0);
        }
        for (state, count) in &stored.grants {
            self.grants.get_or_create(&State { state: state.clone() }).set(*count);
        }
        let waits = stored.oldest_revoke.map_or(TimeDelta::zero(), |since| now - since);
        self.oldest_revoke.set(waits.num_seconds().max(0));
        self.head.set(stored.head);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
