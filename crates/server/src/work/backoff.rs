//! When a failed job is tried again.

use std::time::Duration;

use bellhop_domain::JobKind;
use bellhop_store::StoreError;
use bellhop_store::jobs::{self, Job};
use chrono::TimeDelta;

use crate::app::App;

/// The wait before the next try: doubling from a kind's first wait to its cap, then spread over
/// the upper half so that many jobs that failed together do not come back together.
pub(super) fn wait(kind: JobKind, attempt: i64, spread: f64) -> Duration {
    let (first, cap) = match kind {
        // Waiting for the target's own caches: short, and short again.
        JobKind::Verify => (4, 2_000),
        JobKind::Apply => (250, 15_000),
        // Never gives up, so the cap is what matters.
        JobKind::Revoke => (250, 30_000),
        JobKind::Expire | JobKind::Lapse => (100, 5_000),
        JobKind::Extend => (1_000, 60_000),
        JobKind::Check | JobKind::Sweep | JobKind::Sync => (5_000, 60_000),
        JobKind::Recheck => (1_000, 300_000),
    };
    let doublings = u32::try_from(attempt.clamp(0, 20)).unwrap_or(20);
    let millis = (first * 2_u64.pow(doublings)).min(cap);
    Duration::from_millis(millis).mul_f64(0.5 + spread.clamp(0.0, 1.0) / 2.0)
}

/// Puts the job back with what went wrong; not before `asked`, when the system asked for a pause.
pub(super) async fn retry(app: &App, job: &Job, error: &str, asked: Option<Duration>) {
    // After a pause that the system asked for, the jobs that waited for it come back one by one.
    let wait = wait(job.kind, job.attempt, rand::random()) + asked.unwrap_or_default();
    let put_back = async {
        let mut tx = app.store.write().await?;
        let run_at = tx.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::seconds(60));
        jobs::retry(&mut tx, job, run_at, error).await?;
        app.commit(tx).await?;
        app.metrics.retry(job.kind);
        Ok::<_, StoreError>(())
    };
    if let Err(store) = put_back.await {
        // The lease runs out and the job is claimed again, so nothing is lost.
        tracing::error!(job = %job.id, %store, error, "a failed job could not be put back");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_cap_and_are_spread() {
        assert_eq!(wait(JobKind::Revoke, 0, 1.0), Duration::from_millis(250));
        assert_eq!(wait(JobKind::Revoke, 1, 1.0), Duration::from_millis(500));
        assert_eq!(wait(JobKind::Revoke, 1_000, 1.0), Duration::from_secs(30));
        assert_eq!(wait(JobKind::Revoke, 1_000, 0.0), Duration::from_secs(15));
    }
}
