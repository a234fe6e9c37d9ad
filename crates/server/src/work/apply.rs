//! Makes a grant: read what is there and commit it, then make the access, then hand over to the
//! probe under the same lease.

use std::sync::Arc;

use bellhop_connectors::{Fault, Order};
use bellhop_domain::{Access, Before, Command, Grant, GrantState, JobKind, SETUP_LIMIT, decide};
use bellhop_store::Tx;
use bellhop_store::access::write;
use bellhop_store::jobs::{self, Job};

use super::driver::LEASE;
use super::effect::{is_final, load_grant, order, outside, pause};
use super::{backoff, verify};
use crate::app::{App, AppError, Then, load};

/// *Scheduled → applying*, in the transaction of the claim: one commit less on the way. A refusal
/// (ended meanwhile, past the deadline) is left for [`run`] to meet.
pub(super) async fn start(tx: &mut Tx, job: &Job) -> Result<(), AppError> {
    let access = load(tx, job.request).await?;
    let Some(id) = job.grant else { return Ok(()) };
    if let Ok(step) = decide(&access, Command::Start(id), tx.now()) {
        write(tx, &access, &step).await?;
    }
    Ok(())
}

/// Carries out an `apply` job.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let (access, grant) = load_grant(app, job).await?;
    let order = order(app, &access, &grant);
    match &grant.state {
        GrantState::Applying { before, .. } => {
            let made = make(app, job, &order, before.clone()).await?;
            match made {
                Ok(before) => prove(app, job, (&access, &grant), &before).await,
                Err(fault) => failed(app, job, &grant, &fault).await,
            }
        }
        GrantState::Verifying { .. } | GrantState::Active { .. } => {
            // A crash after the access was made: only the probe is left.
            let job = hand_over(app, job, None).await?;
            verify::run(app, &job).await
        }
        GrantState::Scheduled
        | GrantState::Revoking { .. }
        | GrantState::RevokeStuck { .. }
        | GrantState::Ended { .. }
        | GrantState::ApplyFailed { .. } => {
            // The start was refused: so is this, and the refusal makes the job void.
            app.step(job, Command::Start(grant.id), Then::GoOn).await?;
            Ok(())
        }
    }
}

/// Makes the access; answers what was there before. The outer error ends the job, the inner one is
/// the system's.
async fn make(
    app: &Arc<App>,
    job: &Job,
    order: &Order,
    known: Option<Before>,
) -> Result<Result<Before, Fault>, AppError> {
    let connector = match app.connector(&order.target.integration).await {
        Ok(connector) => connector,
        Err(fault) => return Ok(Err(fault)),
    };
    let before = match known {
        Some(known) => known,
        None => match outside(app, job, connector.prepare(order)).await {
            Ok(before) => {
                let command = Command::Observed(order.grant, before.clone());
                app.step(job, command, Then::GoOn).await?;
                before
            }
            Err(fault) => return Ok(Err(fault)),
        },
    };
    if app.clock.now() >= order.deadline {
        // Refused by the store's clock as well; asked here so that nothing is made for nothing.
        app.step(job, Command::Start(order.grant), Then::GoOn).await?;
    }
    let applied = outside(app, job, connector.apply(order, &before)).await;
    Ok(applied.map(|()| before))
}

/// Stores that the access was made, and asks meanwhile whether it works: the answer counts only
/// once that is stored.
async fn prove(
    app: &Arc<App>,
    job: &Job,
    (access, grant): (&Access, &Grant),
    before: &Before,
) -> Result<(), AppError> {
    let (handed, answer) = tokio::join!(
        hand_over(app, job, Some(Command::Applied(grant.id))),
        verify::ask(app, job, (access, grant), before),
    );
    verify::conclude(app, &handed?, grant, answer).await
}

/// The job becomes a `verify` job, in the transaction of `command` and without giving up the
/// lease: nothing in the lane can slip in between.
async fn hand_over(app: &Arc<App>, job: &Job, command: Option<Command>) -> Result<Job, AppError> {
    let mut tx = app.store.write().await?;
    jobs::still_held(&mut tx, job).await?;
    let access = load(&mut tx, job.request).await?;
    if let Some(command) = command {
        let mut step = decide(&access, command, tx.now())?;
        step.jobs.retain(|job| job.kind != JobKind::Verify);
        write(&mut tx, &access, &step).await?;
    }
    let until = tx.now() + LEASE;
    let job = jobs::hand_on(&mut tx, job, JobKind::Verify, until).await?;
    app.commit(tx).await?;
    Ok(job)
}

/// Tries again, or gives up: at once when trying again cannot help, after the limit otherwise.
pub(super) async fn failed(
    app: &Arc<App>,
    job: &Job,
    grant: &Grant,
    fault: &Fault,
) -> Result<(), AppError> {
    let since = match &grant.state {
        GrantState::Applying { since, .. } | GrantState::Verifying { since, .. } => *since,
        GrantState::Scheduled
        | GrantState::Active { .. }
        | GrantState::Revoking { .. }
        | GrantState::RevokeStuck { .. }
        | GrantState::Ended { .. }
        | GrantState::ApplyFailed { .. } => app.clock.now(),
    };
    if is_final(fault) || app.clock.now() - since >= SETUP_LIMIT {
        app.step(job, Command::GiveUp(grant.id, fault.to_string()), Then::Finish).await?;
    } else {
        backoff::retry(app, job, &fault.to_string(), pause(fault)).await;
    }
    Ok(())
}
