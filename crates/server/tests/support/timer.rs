//! Timers that run out when a test says so.

#![allow(dead_code, clippy::allow_attributes, reason = "each user of this uses its part")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bellhop_server::timer::Timer;
use tokio::sync::watch;

/// A handle; clones share the time.
#[derive(Clone)]
pub(crate) struct ManualTimer {
    now: Arc<watch::Sender<Duration>>,
}

impl Default for ManualTimer {
    fn default() -> Self {
        Self { now: Arc::new(watch::channel(Duration::ZERO).0) }
    }
}

impl ManualTimer {
    /// Time goes by; back does nothing.
    pub(crate) fn advance(&self, seconds: i64) {
        let passed = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        self.now.send_modify(|now| *now += passed);
    }

    /// How many sleep.
    pub(crate) fn sleeping(&self) -> usize {
        self.now.receiver_count()
    }
}

#[async_trait]
impl Timer for ManualTimer {
    async fn sleep(&self, time: Duration) {
        let mut now = self.now.subscribe();
        let end = *now.borrow() + time;
        // The sender lives as long as the timer that is borrowed here.
        drop(now.wait_for(|now| *now >= end).await);
    }
}
