//! The worker that stands by: new work of this very backend goes to it with its lease taken, in the
//! transaction that makes it, instead of being found a transaction later. A crash in between loses
//! nothing: leases are void at the next start.

use std::sync::{Arc, OnceLock};

use bellhop_domain::{About, Access, Command, Facts, JobKind, LEASE, Step, decide};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{StoreError, Tx};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use uuid::Uuid;

/// Where the running worker is reached, once there is one.
#[derive(Default)]
pub struct Standby(OnceLock<Post>);

/// A running worker.
pub struct Post {
    /// Who holds its leases.
    pub owner: Uuid,
    /// Its free slots.
    pub slots: Arc<Semaphore>,
    /// Takes what is handed over.
    pub door: mpsc::UnboundedSender<HandedOver>,
}

/// A grant whose `apply` job is leased to the worker and has begun.
pub struct HandedOver {
    /// The job.
    pub job: Job,
    /// The request, with the grant *applying*.
    pub access: Access,
    /// The slot that the work takes.
    pub slot: OwnedSemaphorePermit,
}

impl Standby {
    /// A worker stands by from now on.
    pub fn register(&self, post: Post) {
        // A backend has one worker; a second one finds its work by itself.
        drop(self.0.set(post));
    }

    /// Begins the first grant of a new request, if a worker has a slot for it and its lane is
    /// free. The others, and everything when nobody stands by, are found the usual way.
    pub(super) async fn begin(
        &self,
        tx: &mut Tx,
        new: Step,
        facts: Facts,
    ) -> Result<(Step, Option<OwnedSemaphorePermit>), StoreError> {
        let first = new.jobs.first().filter(|job| job.kind == JobKind::Apply);
        let Some((job, About::Grant(_, grant))) = first.map(|job| (job, job.about)) else {
            return Ok((new, None));
        };
        let slot = self.0.get().and_then(|p| Arc::clone(&p.slots).try_acquire_owned().ok());
        let start = decide(&new.next, Command::Start(grant, facts), tx.now());
        match (slot, start) {
            (Some(slot), Ok(start)) if jobs::lane_is_free(tx, &job.lane).await? => {
                Ok((new.and_then(start), Some(slot)))
            }
            _ => Ok((new, None)),
        }
    }

    /// Leases the begun grant's job to the worker.
    pub(super) async fn lease(
        &self,
        tx: &mut Tx,
        stored: &Access,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Result<Option<HandedOver>, StoreError> {
        let (Some(post), Some(slot), Some(grant)) = (self.0.get(), slot, stored.grants.first())
        else {
            return Ok(None);
        };
        let until = tx.now() + LEASE;
        let job = jobs::lease_new(tx, grant.id, post.owner, until).await?;
        Ok(job.map(|job| HandedOver { job, access: stored.clone(), slot }))
    }

    /// Hands over what was leased, after the commit.
    pub(super) fn hand_over(&self, leased: Option<HandedOver>) {
        if let (Some(post), Some(leased)) = (self.0.get(), leased) {
            // A worker that has stopped leaves the lease to run out, or to the next start.
            drop(post.door.send(leased));
        }
    }
}
