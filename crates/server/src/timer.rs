//! Waiting, as something that is passed in: tests move it by hand.

use std::time::Duration;

use async_trait::async_trait;

/// Lets time go by.
#[async_trait]
pub trait Timer: Send + Sync + 'static {
    /// Comes back after `time`. Sleep of the machine may not count.
    async fn sleep(&self, time: Duration);
}

/// The machine's own timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemTimer;

#[async_trait]
impl Timer for SystemTimer {
    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
