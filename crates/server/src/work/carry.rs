//! One job: its first step in the transaction of the claim, and the rest outside of it.

use std::sync::Arc;

use bellhop_domain::{Access, Command, JobKind};
use bellhop_store::jobs::Job;
use bellhop_store::{StoreError, Tx};

use super::{apply, backoff, extend, recheck, recurring, revoke, verify};
use crate::app::{App, AppError, Then};
use crate::metrics::Outcome;

/// A job under lease.
pub(super) struct Claimed {
    job: Job,
    what: What,
}

/// What there is to do, as far as the claim has read it.
enum What {
    Apply(Box<Access>),
    Verify,
    Revoke(Box<revoke::Due>),
    Timer(Box<Command>),
    Extend,
    Recheck,
    Recurring,
    /// It was done already.
    Nothing,
    /// What is stored cannot be.
    Impossible(AppError),
}

impl Claimed {
    /// A grant that was begun by whoever made it.
    pub(super) fn begun(job: Job, access: Access) -> Self {
        Self { job, what: What::Apply(Box::new(access)) }
    }

    /// The first step of a job, in the transaction of its claim.
    pub(super) async fn begin(app: &App, tx: &mut Tx, job: Job) -> Result<Self, AppError> {
        let what = match first_step(app, tx, &job).await {
            Ok(what) => what,
            // One impossible row must not keep all other work from being claimed.
            Err(error @ AppError::Store(StoreError::Inconsistent { .. })) => {
                What::Impossible(error)
            }
            Err(error) => return Err(error),
        };
        Ok(Self { job, what })
    }
}

async fn first_step(app: &App, tx: &mut Tx, job: &Job) -> Result<What, AppError> {
    Ok(match job.kind {
        JobKind::Apply => What::Apply(Box::new(apply::start(app, tx, job).await?)),
        JobKind::Verify => What::Verify,
        JobKind::Revoke => match revoke::start(tx, job).await? {
            Some(due) => What::Revoke(Box::new(due)),
            None => What::Nothing,
        },
        JobKind::Expire => What::Timer(Box::new(Command::Expire)),
        JobKind::Lapse => What::Timer(Box::new(Command::Lapse)),
        JobKind::Extend => What::Extend,
        JobKind::Recheck => What::Recheck,
        JobKind::Check | JobKind::Sweep | JobKind::Sync => What::Recurring,
    })
}

/// Carries out one job to its next stored state. Failures are stored with the job.
pub(super) async fn carry_out(app: &Arc<App>, claimed: Claimed) {
    let Claimed { job, what } = claimed;
    let done = match what {
        What::Apply(access) => apply::run(app, &job, &access).await,
        What::Verify => verify::run(app, &job).await,
        What::Revoke(due) => revoke::run(app, &job, *due).await,
        What::Timer(command) => app.step(&job, *command, Then::Finish).await.map(drop),
        What::Extend => extend::run(app, &job).await,
        What::Recheck => recheck::run(app, &job).await,
        What::Recurring => Box::pin(recurring::run(app, &job)).await,
        What::Nothing => app.finish(&job).await,
        What::Impossible(error) => Err(error),
    };
    app.metrics.run(job.kind, outcome(&done));
    match done {
        Ok(()) => {}
        Err(AppError::Store(StoreError::LeaseLost)) => {
            tracing::warn!(job = %job.id, "the lease was lost; somebody else goes on");
        }
        Err(AppError::Refused(refusal)) => {
            // The request moved on (ended, expired) while the job waited: nothing is left to do.
            tracing::debug!(job = %job.id, %refusal, "the job has become void");
            if let Err(error) = app.finish(&job).await {
                tracing::error!(job = %job.id, %error, "a void job could not be removed");
            }
        }
        Err(error) => {
            tracing::error!(job = %job.id, %error, "a job failed");
            backoff::retry(app, &job, &error.to_string(), None).await;
        }
    }
}

fn outcome(done: &Result<(), AppError>) -> Outcome {
    match done {
        Ok(()) => Outcome::Ended,
        Err(AppError::Store(StoreError::LeaseLost)) => Outcome::LeaseLost,
        Err(AppError::Refused(_)) => Outcome::Void,
        Err(_) => Outcome::Failed,
    }
}
