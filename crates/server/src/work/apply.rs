//! Makes a grant: read what is there and commit it, then make the access, then hand over to the
//! probe under the same lease.

use std::sync::Arc;

use bellhop_connectors::{Connector, Fault, Order};
use bellhop_domain::{Access, Before, Command, Grant, GrantState, JobKind, SETUP_LIMIT, decide};
use bellhop_store::Tx;
use bellhop_store::access::write;
use bellhop_store::jobs::{self, Job};

use super::driver::LEASE;
use super::effect::{find, is_final, order, outside, pause};
use super::{backoff, verify};
use crate::app::{App, AppError, Then, load};

/// *Scheduled → applying*, in the transaction of the claim: one commit less on the way. A refusal
/// (ended meanwhile, past the deadline) is left for [`run`] to meet.
pub(super) async fn start(tx: &mut Tx, job: &Job) -> Result<Access, AppError> {
    let access = load(tx, job.request).await?;
    let started = job.grant.map(|id| decide(&access, Command::Start(id), tx.now()));
    let Some(Ok(step)) = started else { return Ok(access) };
    write(tx, &access, &step).await?;
    Ok(step.next)
}

/// Carries out an `apply` job on the request as [`start`] left it.
pub(super) async fn run(app: &Arc<App>, job: &Job, access: &Access) -> Result<(), AppError> {
    let grant = find(access, job.grant)?;
    match &grant.state {
        GrantState::Applying { before, .. } => {
            let connector = match app.connector(&grant.target.integration).await {
                Ok(connector) => connector,
                Err(fault) => return failed(app, job, &grant, &fault).await,
            };
            let order = order(app, access, &grant);
            match make(app, job, connector.as_ref(), &order, before.clone()).await? {
                Ok(before) => prove(app, job, connector.as_ref(), (&order, &grant), &before).await,
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
    connector: &dyn Connector,
    order: &Order,
    known: Option<Before>,
) -> Result<Result<Before, Fault>, AppError> {
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

/// Asks whether the access works. When it does at once, one transaction says that it was made and
/// that it is usable; otherwise it is stored as made, and shown to work later. A crash in between
/// makes it again, which changes nothing.
async fn prove(
    app: &Arc<App>,
    job: &Job,
    connector: &dyn Connector,
    (order, grant): (&Order, &Grant),
    before: &Before,
) -> Result<(), AppError> {
    let answer = outside(app, job, connector.probe(order, before)).await;
    match verify::proof(answer) {
        Ok(proof) => {
            let both = [Command::Applied(grant.id), Command::Verified(grant.id, proof)];
            app.steps(job, &both, Then::Finish).await?;
            Ok(())
        }
        Err(fault) => {
            let job = hand_over(app, job, Some(Command::Applied(grant.id))).await?;
            failed(app, &job, grant, &fault).await
        }
    }
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
