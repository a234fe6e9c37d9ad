//! Makes a grant: read what is there and commit it, then make the access, then hand over to the
//! probe under the same lease.

use std::sync::Arc;

use bellhop_connectors::{Connector, Fault};
use bellhop_domain::{Access, Before, Command, Grant, GrantState, JobKind, SETUP_LIMIT};
use bellhop_store::jobs::{self, Job};

use super::driver::LEASE;
use super::effect::{find, is_final, order, outside, pause};
use super::{backoff, verify};
use crate::app::{App, AppError, Then, load};

/// Carries out an `apply` job.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let Some(id) = job.grant else {
        return Err(AppError::NotFound("an apply job without a grant".to_owned()));
    };
    let started = app.step(job, Command::Start(id), Then::GoOn).await?;
    let grant = find(&started.next, job.grant)?;
    if !matches!(grant.state, GrantState::Applying { .. }) {
        // A crash after the access was made: only the probe is left.
        let job = hand_over(app, job, None).await?;
        return verify::run(app, &job).await;
    }
    let connector = app.connector(&grant.target.integration).await;
    let made = match connector {
        Ok(connector) => make(app, job, connector.as_ref(), &started.next, &grant).await?,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(()) => {
            let job = hand_over(app, job, Some(Command::Applied(id))).await?;
            verify::run(app, &job).await
        }
        Err(fault) => failed(app, job, &grant, &fault).await,
    }
}

async fn make(
    app: &Arc<App>,
    job: &Job,
    connector: &dyn Connector,
    access: &Access,
    grant: &Grant,
) -> Result<Result<(), Fault>, AppError> {
    let order = order(app, access, grant);
    let before: Before = match grant.state.before() {
        Some(known) => known.clone(),
        None => match outside(app, job, connector.prepare(&order)).await {
            Ok(before) => {
                let command = Command::Observed(grant.id, before.clone());
                app.step(job, command, Then::GoOn).await?;
                before
            }
            Err(fault) => return Ok(Err(fault)),
        },
    };
    if app.clock.now() >= access.deadline() {
        return Err(bellhop_domain::Refusal::PastDeadline { number: access.request.number }.into());
    }
    Ok(outside(app, job, connector.apply(&order, &before)).await)
}

/// The job becomes a `verify` job, in the transaction of `command` and without giving up the
/// lease: nothing in the lane can slip in between.
async fn hand_over(app: &Arc<App>, job: &Job, command: Option<Command>) -> Result<Job, AppError> {
    let mut tx = app.store.write().await?;
    jobs::still_held(&mut tx, job).await?;
    let access = load(&mut tx, job.request).await?;
    if let Some(command) = command {
        let mut step = bellhop_domain::decide(&access, command, tx.now())?;
        step.jobs.retain(|job| job.kind != JobKind::Verify);
        bellhop_store::access::write(&mut tx, &access, &step).await?;
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
