//! Whether the backend can be used: the store answers, the worker works, and nobody stops it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bellhop_store::{StoreError, audit};
use chrono::TimeDelta;

use super::App;

/// How long the store may take to answer.
const STORE_LIMIT: Duration = Duration::from_secs(2);
/// A worker looks for work every second; one that did not for this long does not live.
const MOST_SILENT: TimeDelta = TimeDelta::seconds(30);

/// The worker's signs of life.
#[derive(Default)]
pub struct Pulse(Mutex<Life>);

#[derive(Clone, Copy, Default)]
enum Life {
    /// No worker has begun.
    #[default]
    Starting,
    /// It lived at this time, by the machine's own clock.
    Lives(TimeDelta),
    /// The backend is being stopped.
    Stopping,
}

impl Pulse {
    /// The worker lives.
    pub fn beat(&self, now: TimeDelta) {
        self.with(|life| {
            if !matches!(life, Life::Stopping) {
                *life = Life::Lives(now);
            }
        });
    }

    /// The backend is being stopped.
    pub fn stop(&self) {
        self.with(|life| *life = Life::Stopping);
    }

    fn wrong(&self, now: TimeDelta) -> Option<String> {
        match self.with(|life| *life) {
            Life::Starting => Some("the worker has not begun yet".to_owned()),
            Life::Stopping => Some("the backend is being stopped".to_owned()),
            Life::Lives(last) if now - last > MOST_SILENT => {
                let seconds = (now - last).num_seconds();
                Some(format!("the worker has not looked for work for {seconds} seconds"))
            }
            Life::Lives(_) => None,
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Life) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Everything that keeps the backend from being used, in words; empty when it can be.
pub async fn whats_wrong(app: &App) -> Vec<String> {
    let store = app.within(STORE_LIMIT, async {
        let mut tx = app.store.glance().await?;
        audit::head(&mut tx).await.map(drop)
    });
    let store = match store.await {
        Some(Ok(())) => None,
        Some(Err(error)) => {
            tracing::error!(%error, "the store does not answer");
            let known = "the store could not be read; the backend's log says why";
            let why = if let StoreError::Unavailable { why, .. } = error { why } else { known };
            Some(why.to_owned())
        }
        None => Some(format!("the store did not answer in {} seconds", STORE_LIMIT.as_secs())),
    };
    store.into_iter().chain(app.pulse.wrong(app.clock.boot())).collect()
}
