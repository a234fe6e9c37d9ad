//! Timers that run out when a test says so.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bellhop_server::timer::Timer;
use tokio::sync::watch;

/// A handle; clones share the time.
#[derive(Clone)]
pub(crate) struct ManualTimer {
    now: Arc<watch::Sender<Duration>>,
    /// Counts sleeps that began.
    sleeps: Arc<watch::Sender<usize>>,
}

impl Default for ManualTimer {
    fn default() -> Self {
        let (now, sleeps) = (watch::channel(Duration::ZERO).0, watch::channel(0).0);
        Self { now: Arc::new(now), sleeps: Arc::new(sleeps) }
    }
}

impl ManualTimer {
    /// Time goes by; back does nothing.
    pub(crate) fn advance(&self, seconds: i64) {
        let passed = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        self.now.send_modify(|now| *now += passed);
    }

    /// Until another sleep begins.
    pub(crate) async fn somebody_sleeps(&self) {
        let mut sleeps = self.sleeps.subscribe();
        drop(sleeps.changed().await);
    }
}

#[async_trait]
impl Timer for ManualTimer {
    async fn sleep(&self, time: Duration) {
        let mut now = self.now.subscribe();
        self.sleeps.send_modify(|count| *count += 1);
        let end = *now.borrow() + time;
        // The sender lives as long as the timer that is borrowed here.
        drop(now.wait_for(|now| *now >= end).await);
    }
}
