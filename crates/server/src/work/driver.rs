//! Claims due jobs, the most urgent first, and carries them out.

use std::sync::Arc;
use std::time::Duration;

use bellhop_domain::{Access, Command, JobKind};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{StoreError, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{apply, revoke, verify};
use crate::app::standby::{HandedOver, Post};
use crate::app::{App, AppError, Then};

/// How long a lease lasts. Every call outside has a shorter time limit.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Jobs that one backend carries out at the same time.
const MOST_AT_ONCE: usize = 16;
/// The longest sleep: a clock that was set forward is noticed after this.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// How long the start waits for overdue revocations to be tried before it opens its door.
const LATE_REVOKES_LIMIT: Duration = Duration::from_secs(5);

/// One worker of a backend.
#[derive(Clone)]
pub struct Worker {
    app: Arc<App>,
    owner: Uuid,
    tracker: TaskTracker,
    slots: Arc<Semaphore>,
}

impl Worker {
    /// A worker whose tasks are spawned on `tracker`.
    pub fn new(app: Arc<App>, tracker: TaskTracker) -> Self {
        let owner = bellhop_domain::ids::uuid_at(app.clock.now(), rand::random());
        Self { app, owner, tracker, slots: Arc::new(Semaphore::new(MOST_AT_ONCE)) }
    }

    /// Before anything else at a start: old leases are void, and what should have ended while the
    /// backend was off is ended.
    pub async fn recover(&self) -> Result<(), AppError> {
        let mut tx = self.app.store.write().await?;
        jobs::release_all(&mut tx).await?;
        tx.commit().await?;
        let late = async {
            // An expiry enqueues revocations, so look again until nothing urgent is left.
            while self.claim_and_spawn(true).await? > 0 {
                self.slots_free().await;
            }
            Ok::<_, AppError>(())
        };
        match tokio::time::timeout(LATE_REVOKES_LIMIT, late).await {
            Ok(done) => done,
            Err(_) => {
                tracing::warn!("some overdue revocations are still under way; going on");
                Ok(())
            }
        }
    }

    /// Works until `stop`: woken by commits, by due times, and at least every few seconds.
    pub async fn run(&self, stop: CancellationToken) {
        let (door, mut handed_over) = mpsc::unbounded_channel();
        let slots = Arc::clone(&self.slots);
        self.app.standby.register(Post { owner: self.owner, lease: LEASE, slots, door });
        while !stop.is_cancelled() {
            if let Err(error) = self.claim_and_spawn(false).await {
                tracing::error!(%error, "claiming work failed");
            }
            let sleep = self.until_next_due().await;
            tokio::select! {
                () = stop.cancelled() => {}
                Some(HandedOver { job, access, slot }) = handed_over.recv() => {
                    self.spawn(Claimed { job, what: What::Apply(Box::new(access)) }, slot);
                }
                () = self.app.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Carries out everything that is due, one job after the other. For tests, which move the
    /// clock themselves.
    pub async fn run_due(&self) -> Result<usize, AppError> {
        let mut count = 0;
        while self.run_one().await? {
            count += 1;
        }
        Ok(count)
    }

    /// Carries out the most urgent due job, if there is one.
    pub async fn run_one(&self) -> Result<bool, AppError> {
        let Some(claimed) = self.claim(false).await? else { return Ok(false) };
        work(&self.app, claimed).await;
        Ok(true)
    }

    async fn claim_and_spawn(&self, most_urgent_only: bool) -> Result<usize, AppError> {
        let mut count = 0;
        while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            let Some(claimed) = self.claim(most_urgent_only).await? else { break };
            self.spawn(claimed, slot);
            count += 1;
        }
        Ok(count)
    }

    fn spawn(&self, claimed: Claimed, slot: OwnedSemaphorePermit) {
        let app = Arc::clone(&self.app);
        self.tracker.spawn(async move {
            work(&app, claimed).await;
            drop(slot);
            app.wake.notify_one();
        });
    }

    async fn slots_free(&self) {
        let all = u32::try_from(MOST_AT_ONCE).unwrap_or(u32::MAX);
        // Only fails when the semaphore is closed, which nobody does.
        drop(self.slots.acquire_many(all).await);
    }

    async fn claim(&self, most_urgent_only: bool) -> Result<Option<Claimed>, AppError> {
        // A read first: most wake-ups find nothing, and must not take the writer's lock.
        let mut tx = self.app.store.glance().await?;
        let now = tx.now();
        if jobs::next_due(&mut tx).await?.is_none_or(|due| due > now) {
            return Ok(None);
        }
        drop(tx);
        let mut tx = self.app.store.write().await?;
        jobs::release_expired(&mut tx).await?;
        let until = tx.now() + LEASE;
        let job = jobs::claim(&mut tx, self.owner, until, most_urgent_only).await?;
        let Some(job) = job else {
            tx.commit().await?;
            return Ok(None);
        };
        let claimed = match begin(&mut tx, &job).await {
            Ok(what) => Claimed { job, what },
            // One impossible row must not keep all other work from being claimed.
            Err(error @ AppError::Store(StoreError::Inconsistent { .. })) => {
                Claimed { job, what: What::Impossible(error) }
            }
            Err(error) => return Err(error),
        };
        self.app.commit(tx).await?;
        Ok(Some(claimed))
    }

    async fn until_next_due(&self) -> Duration {
        let due = async {
            let mut tx = self.app.store.glance().await?;
            jobs::next_due(&mut tx).await
        };
        let due: Result<Option<DateTime<Utc>>, StoreError> = due.await;
        let wait = match due {
            Ok(Some(due)) => (due - self.app.clock.now()).to_std().unwrap_or(Duration::ZERO),
            Ok(None) => LONGEST_SLEEP,
            Err(error) => {
                tracing::error!(%error, "reading when work is due failed");
                Duration::from_secs(1)
            }
        };
        // A due job that could not be claimed (its lane is busy) must not make this loop spin.
        wait.clamp(Duration::from_millis(5), LONGEST_SLEEP)
    }
}

/// A job under lease.
struct Claimed {
    job: Job,
    what: What,
}

/// What there is to do, as far as the claim has read it.
enum What {
    Apply(Box<Access>),
    Verify,
    Revoke(Box<revoke::Due>),
    Expire,
    /// It was done already.
    Nothing,
    /// What is stored cannot be.
    Impossible(AppError),
}

/// The first step of a job, in the transaction of its claim.
async fn begin(tx: &mut Tx, job: &Job) -> Result<What, AppError> {
    Ok(match job.kind {
        JobKind::Apply => What::Apply(Box::new(apply::start(tx, job).await?)),
        JobKind::Verify => What::Verify,
        JobKind::Revoke => match revoke::start(tx, job).await? {
            Some(due) => What::Revoke(Box::new(due)),
            None => What::Nothing,
        },
        JobKind::Expire => What::Expire,
    })
}

/// Carries out one job to its next stored state. Failures are stored with the job.
async fn work(app: &Arc<App>, claimed: Claimed) {
    let Claimed { job, what } = claimed;
    let done = match what {
        What::Apply(access) => apply::run(app, &job, &access).await,
        What::Verify => verify::run(app, &job).await,
        What::Revoke(due) => revoke::run(app, &job, *due).await,
        What::Expire => app.step(&job, Command::Expire, Then::Finish).await.map(drop),
        What::Nothing => return void(app, &job).await,
        What::Impossible(error) => Err(error),
    };
    match done {
        Ok(()) => {}
        Err(AppError::Store(StoreError::LeaseLost)) => {
            tracing::warn!(job = %job.id, "the lease was lost; somebody else goes on");
        }
        Err(AppError::Refused(refusal)) => {
            // The request moved on (ended, expired) while the job waited: nothing is left to do.
            tracing::debug!(job = %job.id, %refusal, "the job has become void");
            void(app, &job).await;
        }
        Err(error) => {
            tracing::error!(job = %job.id, %error, "a job failed");
            super::backoff::retry(app, &job, &error.to_string(), None).await;
        }
    }
}

async fn void(app: &App, job: &Job) {
    let done = async {
        let mut tx = app.store.write().await?;
        jobs::complete(&mut tx, job).await?;
        tx.commit().await
    };
    if let Err(error) = done.await {
        tracing::error!(job = %job.id, %error, "a void job could not be removed");
    }
}
