//! Use cases: one file a noun. Every face calls these, each call re-authorises the person at that
//! moment, and each change is one transaction.

pub mod access;
pub mod audit;
mod caller;
pub mod catalog;
pub mod configuration;
pub mod connecting;
mod cursor;
pub mod departure;
pub mod desk;
pub mod diagnosis;
mod error;
pub(crate) mod facts;
pub mod flows;
pub mod handover;
pub mod here;
pub mod integrations;
mod once;
mod pauses;
pub mod people;
pub mod place;
pub mod plan;
pub mod pulse;
pub mod requests;
pub mod reviews;
pub mod standby;
mod systems;
pub mod targets;
mod view;
mod words;

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bellhop_connectors::{Connector, Fault};
use bellhop_domain::{
    Access, Clock, Command, IntegrationId, JobKind, Refusal, RequestId, Step, decide,
};
use bellhop_store::access::{Which, find, write};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{Store, StoreError, Tx};
use tokio::sync::{Notify, watch};

use crate::config::Standing;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::timer::Timer;
use crate::workstation::Workstation;

pub use crate::connect::Connection;
pub use caller::Caller;
pub use error::AppError;
pub use once::Once;
pub use pauses::Pauses;
pub use pulse::Pulse;
pub use systems::{Systems, Wired};

/// How often a decision is made anew when somebody else changed the request meanwhile.
const MOST_CONFLICTS: u32 = 5;

/// What every use case needs.
pub struct App {
    /// Bellhop's memory.
    pub store: Store,
    /// The machine's clocks. Decisions go by the store's time; this tells how long the machine
    /// has been running.
    pub clock: Arc<dyn Clock>,
    /// Lets time go by.
    pub timer: Arc<dyn Timer>,
    /// Opens connectors.
    pub systems: Arc<dyn Systems>,
    /// Wakes the workers after a commit.
    pub wake: Notify,
    /// The worker that stands by for new work.
    pub standby: standby::Standby,
    /// What people may ask for.
    pub targets: targets::Catalogue,
    /// The configuration folder, and whether what is in it reads.
    pub configuration: Standing,
    /// Systems that asked to be left alone for a while.
    pub pauses: Pauses,
    /// What is measured.
    pub metrics: Metrics,
    /// Whether the backend can be used.
    pub pulse: Pulse,
    /// What is known of the loopback port.
    pub desk: desk::Desk,
    /// Who called how often.
    pub limits: Limits,
    /// The newest place in the audit log; tells event streams that there is more.
    pub head: watch::Sender<i64>,
    /// How this backend gives way to a newer one, if it may.
    pub handover: handover::Handover,
    /// The machine that it runs on, where that is one's own.
    pub workstation: OnceLock<Arc<dyn Workstation>>,
}

/// What a worker does with its job in the transaction of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Keeps the lease: there is more to do.
    GoOn,
    /// The job is done.
    Finish,
}

impl App {
    /// Puts a backend together around an open store.
    pub fn new(
        store: Store,
        (clock, timer): (Arc<dyn Clock>, Arc<dyn Timer>),
        systems: Arc<dyn Systems>,
    ) -> Arc<Self> {
        let (head, _) = watch::channel(0);
        let (wake, standby, pauses, targets, handover, configuration) = Default::default();
        let (desk, metrics, pulse, workstation) = Default::default();
        let limits = Limits::new(Arc::clone(&clock));
        Arc::new(Self {
            store,
            clock,
            timer,
            systems,
            wake,
            standby,
            targets,
            configuration,
            pauses,
            metrics,
            pulse,
            desk,
            limits,
            head,
            handover,
            workstation,
        })
    }

    /// What `work` comes to, unless `limit` is over first.
    pub async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.timer.sleep(limit) => None,
        }
    }

    /// There are rows in the audit log up to `head`; tells event streams when that is news.
    pub(crate) fn told_of(&self, head: i64) {
        // Two commits may be told in the other order; the head only moves on.
        self.head.send_if_modified(|seq| {
            let moved = *seq < head;
            *seq = head.max(*seq);
            moved
        });
    }

    /// Commits, and tells workers and event streams what is new for them.
    pub async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        let told = tx.commit().await?;
        if let Some(took) = told.took {
            self.metrics.write(took);
        }
        if let Some(head) = told.head {
            self.told_of(head);
        }
        if told.work {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Carries out a worker's command under the lease of its job. The time is read after the lock,
    /// and a lost lease writes nothing.
    pub async fn step(&self, job: &Job, command: Command, then: Then) -> Result<Step, AppError> {
        self.steps(job, &[command], then).await
    }

    /// The same with several commands, all or nothing.
    pub async fn steps(
        &self,
        job: &Job,
        commands: &[Command],
        then: Then,
    ) -> Result<Step, AppError> {
        for _ in 0..MOST_CONFLICTS {
            match self.try_steps(job, commands, then).await {
                Err(AppError::Store(StoreError::Conflict { .. })) => {}
                done => return done,
            }
        }
        self.try_steps(job, commands, then).await
    }

    async fn try_steps(
        &self,
        job: &Job,
        commands: &[Command],
        then: Then,
    ) -> Result<Step, AppError> {
        let mut tx = self.store.write().await?;
        match then {
            Then::GoOn => jobs::still_held(&mut tx, job).await?,
            Then::Finish => jobs::complete(&mut tx, job).await?,
        }
        let access = load(&mut tx, job).await?;
        let unchanged = Step { next: access.clone(), events: Vec::new(), jobs: Vec::new() };
        let mut step = commands.iter().try_fold(unchanged, |step, command| {
            let later = decide(&step.next, command.clone(), tx.now())?;
            Ok::<_, Refusal>(step.and_then(later))
        })?;
        if then == Then::Finish {
            // Shown to work in the same breath: no job is left to show it.
            step.jobs.retain(|job| job.kind != JobKind::Verify);
        }
        write(&mut tx, &access, &step).await?;
        self.commit(tx).await?;
        Ok(step)
    }

    /// The job is done, and nothing else is to be stored.
    pub(crate) async fn finish(&self, job: &Job) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        jobs::complete(&mut tx, job).await?;
        Ok(self.commit(tx).await?)
    }

    /// The job is done, and its system is to be looked at.
    pub(crate) async fn look_soon(
        &self,
        job: &Job,
        integration: IntegrationId,
    ) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        jobs::complete(&mut tx, job).await?;
        let now = tx.now();
        jobs::hasten(&mut tx, JobKind::Sweep, integration, now).await?;
        Ok(self.commit(tx).await?)
    }

    /// Sweeps one integration now.
    pub async fn sweep(self: &Arc<Self>, integration: &str) -> Result<(), AppError> {
        crate::work::sweep::one(self, integration).await
    }

    /// The connector of an integration, by name.
    pub async fn connector(&self, name: &str) -> Result<Arc<dyn Connector>, Fault> {
        let found = async {
            let mut tx = self.store.glance().await?;
            bellhop_store::integrations::by_name(&mut tx, name).await
        };
        let found = found.await.map_err(|e| Fault::Unavailable(e.to_string()))?;
        let integration = found.ok_or_else(|| {
            Fault::Impossible(format!("there is no integration \"{name}\" (any more)"))
        })?;
        self.systems.open(&integration)
    }
}

/// Loads the request that a job is about.
pub async fn load(tx: &mut Tx, job: &Job) -> Result<Access, AppError> {
    let missing = || AppError::NotFound(format!("the job {} is about no request", job.id));
    load_request(tx, job.about.request().ok_or_else(missing)?).await
}

/// Loads a request that is known to exist.
pub async fn load_request(tx: &mut Tx, request: RequestId) -> Result<Access, AppError> {
    let found = find(tx, Which::Id(request)).await?;
    found.ok_or_else(|| AppError::NotFound(format!("there is no request {request}")))
}
