//! Claims due jobs, the most urgent first, and has them carried out.

use std::sync::Arc;
use std::time::Duration;

use bellhop_domain::LEASE;
use bellhop_store::jobs::{self, Class};
use bellhop_store::{StoreError, audit};
use chrono::TimeDelta;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::carry::{Claimed, carry_out};
use super::outage::Outage;
use super::recurring;
use crate::app::standby::{HandedOver, Post};
use crate::app::{App, AppError};

/// Jobs of one class that one backend carries out at the same time. Taking away and giving have
/// their own, so that thousands of ends at once do not keep anybody from asking, nor the reverse.
const MOST_AT_ONCE: usize = 12;
/// The longest sleep: a clock that was set, or another replica's work, is noticed after this.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// A sleep that lasts this much longer than it should was the machine's own.
const AWAY: TimeDelta = TimeDelta::seconds(10);
/// How long the start waits for overdue revocations to be tried before it opens its door.
const LATE_REVOKES_LIMIT: Duration = Duration::from_secs(5);
/// What waited while nobody was there is due this far apart after a start, within the second.
const APART: (TimeDelta, TimeDelta) = (TimeDelta::milliseconds(20), TimeDelta::seconds(60));

/// One worker of a backend.
#[derive(Clone)]
pub struct Worker {
    app: Arc<App>,
    owner: Uuid,
    tracker: TaskTracker,
    taking: Arc<Semaphore>,
    giving: Arc<Semaphore>,
}

impl Worker {
    /// A worker whose tasks are spawned on `tracker`.
    pub fn new(app: Arc<App>, tracker: TaskTracker) -> Self {
        let owner = bellhop_domain::ids::uuid_at(app.store.now(), rand::random());
        let slots = || Arc::new(Semaphore::new(MOST_AT_ONCE));
        Self { app, owner, tracker, taking: slots(), giving: slots() }
    }

    /// Before anything else at a start: leases of a backend that is gone are void, and what should
    /// have ended while none was running is ended. What is to be given follows one by one.
    pub async fn recover(&self) -> Result<(), AppError> {
        let mut tx = self.app.store.write().await?;
        jobs::release_all(&mut tx).await?;
        let (each, within) = APART;
        jobs::spread_out(&mut tx, each, within).await?;
        recurring::look_now(&mut tx).await?;
        self.app.commit(tx).await?;
        let late = async {
            // An expiry enqueues revocations, so look again until nothing is left.
            while self.claim_and_spawn(Class::Taking).await? > 0 {
                let all = u32::try_from(MOST_AT_ONCE).unwrap_or(u32::MAX);
                // Only fails when the semaphore is closed, which nobody does.
                drop(self.taking.acquire_many(all).await);
            }
            Ok::<_, AppError>(())
        };
        match self.app.within(LATE_REVOKES_LIMIT, late).await {
            Some(done) => done,
            None => {
                tracing::warn!("some overdue revocations are still under way; going on");
                Ok(())
            }
        }
    }

    /// Works until `stop`: woken by commits, by due times, and at least every second.
    pub async fn run(&self, stop: CancellationToken) {
        let (door, mut handed_over) = mpsc::unbounded_channel();
        let slots = Arc::clone(&self.giving);
        self.app.standby.register(Post { owner: self.owner, slots, door });
        let mut outage = Outage::default();
        while !stop.is_cancelled() {
            let sleep = self.round(&mut outage).await;
            self.app.pulse.beat(self.app.clock.boot());
            let fell_asleep = self.app.clock.boot();
            tokio::select! {
                () = stop.cancelled() => {}
                Some(HandedOver { job, access, slot }) = handed_over.recv() => {
                    self.spawn(Claimed::begun(job, access), slot);
                }
                () = self.app.wake.notified() => {}
                () = self.app.timer.sleep(sleep) => {}
            }
            if self.app.clock.boot() - fell_asleep > LEASE.min(AWAY) {
                self.woke().await;
            }
        }
    }

    /// Begins what is due; answers how long there is nothing to do.
    async fn round(&self, outage: &mut Outage) -> Duration {
        // Each is tried, whatever becomes of the others.
        let taking = self.claim_and_spawn(Class::Taking).await;
        let giving = self.claim_and_spawn(Class::Giving).await;
        let due = self.next_due().await;
        let now = self.app.clock.boot();
        match taking.and(giving).and_then(|_| Ok(due?)) {
            Ok(wait) => {
                if let Some(lasted) = outage.worked(now) {
                    tracing::info!(seconds = lasted.num_seconds(), "work goes on");
                }
                // A due job that could not be claimed (its lane is busy) must not make this spin.
                wait.clamp(Duration::from_millis(5), LONGEST_SLEEP)
            }
            Err(error) => {
                if outage.failed(now) {
                    tracing::error!(%error, "no work can be claimed; trying every second");
                }
                LONGEST_SLEEP
            }
        }
    }

    /// The machine slept: what is connected may have changed meanwhile.
    async fn woke(&self) {
        let look = async {
            let mut tx = self.app.store.write().await?;
            recurring::look_now(&mut tx).await?;
            self.app.commit(tx).await
        };
        if let Err(error) = look.await {
            tracing::error!(%error, "looking at the systems after sleep failed");
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
        for class in [Class::Taking, Class::Giving] {
            if let Some(claimed) = self.claim(class, 1).await?.pop() {
                Box::pin(carry_out(&self.app, claimed)).await;
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn claim_and_spawn(&self, class: Class) -> Result<usize, AppError> {
        let slots = self.slots(class);
        let free = slots.available_permits();
        let mut held = Vec::with_capacity(free);
        while held.len() < free {
            let Ok(slot) = Arc::clone(slots).try_acquire_owned() else { break };
            held.push(slot);
        }
        if held.is_empty() {
            return Ok(0);
        }
        let claimed = self.claim(class, held.len()).await?;
        let count = claimed.len();
        for (claimed, slot) in claimed.into_iter().zip(held) {
            self.spawn(claimed, slot);
        }
        Ok(count)
    }

    fn slots(&self, class: Class) -> &Arc<Semaphore> {
        match class {
            Class::Taking => &self.taking,
            Class::Giving => &self.giving,
        }
    }

    fn spawn(&self, claimed: Claimed, slot: OwnedSemaphorePermit) {
        let app = Arc::clone(&self.app);
        self.tracker.spawn(async move {
            Box::pin(carry_out(&app, claimed)).await;
            drop(slot);
            app.wake.notify_one();
        });
    }

    /// Claims up to `most` due jobs of a class, and takes the first step of each, in one
    /// transaction.
    async fn claim(&self, class: Class, most: usize) -> Result<Vec<Claimed>, AppError> {
        // A read first: most wake-ups find nothing, and must not take the writer's lock.
        let mut tx = self.app.store.glance().await?;
        let now = tx.now();
        if jobs::next_due(&mut tx, class).await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        drop(tx);
        let mut tx = self.app.store.write().await?;
        jobs::release_expired(&mut tx).await?;
        let until = tx.now() + LEASE;
        let mut claimed = Vec::new();
        while claimed.len() < most {
            let Some(job) = jobs::claim(&mut tx, self.owner, until, class).await? else { break };
            claimed.push(Claimed::begin(&self.app, &mut tx, job).await?);
        }
        self.app.commit(tx).await?;
        Ok(claimed)
    }

    /// How long until a class with a free slot has work; tells event streams what is new, too.
    async fn next_due(&self) -> Result<Duration, StoreError> {
        let mut tx = self.app.store.glance().await?;
        self.app.told_of(audit::head(&mut tx).await?.seq);
        let mut wait = LONGEST_SLEEP;
        for class in [Class::Taking, Class::Giving] {
            if self.slots(class).available_permits() == 0 {
                continue;
            }
            if let Some(due) = jobs::next_due(&mut tx, class).await? {
                wait = wait.min((due - tx.now()).to_std().unwrap_or(Duration::ZERO));
            }
        }
        Ok(wait)
    }
}
