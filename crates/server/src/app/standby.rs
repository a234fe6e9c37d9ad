//! The worker that stands by: new work of this very backend goes to it with its lease taken, in the
//! transaction that makes it, instead of being found a transaction later. A crash in between loses
//! nothing: leases are void at the next start.

use std::sync::{Arc, OnceLock};

use bellhop_domain::{Access, Command, decide};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{StoreError, Tx, access};
use chrono::TimeDelta;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use uuid::Uuid;

/// Where the running worker is reached, once there is one.
#[derive(Default)]
pub struct Standby(OnceLock<Post>);

/// A running worker.
pub struct Post {
    /// Who holds its leases.
    pub owner: Uuid,
    /// How long they last.
    pub lease: TimeDelta,
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

    /// Leases and begins the first grant of a new request, if a slot is free; the others, and
    /// everything when nobody stands by, are found by the worker's usual way.
    pub(super) async fn take(
        &self,
        tx: &mut Tx,
        stored: &Access,
    ) -> Result<Option<HandedOver>, StoreError> {
        let (Some(post), Some(grant)) = (self.0.get(), stored.grants.first()) else {
            return Ok(None);
        };
        let Ok(slot) = Arc::clone(&post.slots).try_acquire_owned() else { return Ok(None) };
        let until = tx.now() + post.lease;
        let Some(job) = jobs::claim_new(tx, grant.id, post.owner, until).await? else {
            return Ok(None);
        };
        let Ok(step) = decide(stored, Command::Start(grant.id), tx.now()) else { return Ok(None) };
        access::write(tx, stored, &step).await?;
        Ok(Some(HandedOver { job, access: step.next, slot }))
    }

    /// Hands over what was taken, after the commit.
    pub(super) fn hand_over(&self, taken: Option<HandedOver>) {
        if let (Some(post), Some(taken)) = (self.0.get(), taken) {
            // A worker that has stopped leaves the lease to run out, or to the next start.
            drop(post.door.send(taken));
        }
    }
}
