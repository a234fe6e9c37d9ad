//! Makes a grant: read what is there and commit it, then make the access, then hand over to the
//! probe under the same lease.

use std::sync::Arc;

use bellhop_connectors::{Fault, found_in_lane};
use bellhop_domain::{
    Access, Before, Command, Found, Grant, GrantState, JobKind, LEASE, Refusal, SETUP_LIMIT, decide,
};
use bellhop_store::Tx;
use bellhop_store::access::{just_over, lane_mates, write};
use bellhop_store::jobs::{self, Job};

use super::effect::{Effect, find, is_final, pause};
use super::{backoff, verify};
use crate::app::{App, AppError, Then, facts, load};

/// *Scheduled → applying*, in the transaction of the claim: one commit less on the way. What the
/// approval stood on is asked again there; if it does not hold, the grant is undone at once. A
/// refusal (ended meanwhile, past the deadline) is left for [`run`] to meet.
pub(super) async fn start(app: &App, tx: &mut Tx, job: &Job) -> Result<Access, AppError> {
    let access = load(tx, job).await?;
    let Some(grant) = job.about.grant() else { return Ok(access) };
    let facts = facts::about(app, tx, &access.request).await?;
    let Ok(step) = decide(&access, Command::Start(grant, facts), tx.now()) else {
        return Ok(access);
    };
    write(tx, &access, &step).await?;
    Ok(step.next)
}

/// Carries out an `apply` job on the request as [`start`] left it.
pub(super) async fn run(app: &Arc<App>, job: &Job, access: &Access) -> Result<(), AppError> {
    let grant = find(access, job.about.grant())?;
    match &grant.state {
        GrantState::Applying { before, .. } => {
            let made = match Effect::of(app, job, access, &grant).await? {
                Ok(effect) => match make(app, job, &effect, before.clone()).await? {
                    Ok(before) => return prove(app, job, &effect, (&grant, &before)).await,
                    Err(fault) => fault,
                },
                Err(fault) => fault,
            };
            failed(app, job, &grant, &made).await
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
            // It is over, or its deadline has come: the job is void.
            app.finish(job).await
        }
    }
}

/// Makes the access; answers what was there before. The outer error ends the job, the inner one is
/// the system's.
async fn make(
    app: &Arc<App>,
    job: &Job,
    effect: &Effect<'_>,
    known: Option<Before>,
) -> Result<Result<Before, Fault>, AppError> {
    let Effect { connector, order, .. } = effect;
    let before = match known {
        Some(known) => known,
        None => match effect.call(connector.prepare(order)).await {
            Ok(seen) => match observe(app, job, seen).await? {
                Ok(before) => before,
                Err(fault) => return Ok(Err(fault)),
            },
            Err(fault) => return Ok(Err(fault)),
        },
    };
    if app.store.now() >= order.deadline {
        // The store refuses it as well; asked here so that nothing is made for nothing.
        return Err(Refusal::PastDeadline { number: effect.number }.into());
    }
    let applied = effect.call(connector.apply(order, &before)).await;
    Ok(applied.map(|()| before))
}

/// Commits what was there before the first effect, judged among the lane's other grants: what one
/// of them made is not standing access, though that one is being ended and is no owner any more.
/// Whether what is there was made late for one that is over shows when that one is read once more:
/// until then nobody can tell whose it is.
async fn observe(app: &App, job: &Job, seen: Before) -> Result<Result<Before, Fault>, AppError> {
    let mut tx = app.store.write().await?;
    jobs::still_held(&mut tx, job).await?;
    let access = load(&mut tx, job).await?;
    let grant = find(&access, job.about.grant())?;
    let mates = lane_mates(&mut tx, &grant).await?;
    let recorded = mates.iter().filter_map(|(_, state)| state.before()).map(|before| before.found);
    let before = Before { found: found_in_lane(seen.found, recorded), ..seen };
    if before.found == Found::Standing && !just_over(&mut tx, &grant).await?.is_empty() {
        let why = "it is there already, and access to it ended a moment ago: waiting to see whose";
        return Ok(Err(Fault::Unavailable(why.to_owned())));
    }
    let step = decide(&access, Command::Observed(grant.id, before.clone()), tx.now())?;
    write(&mut tx, &access, &step).await?;
    app.commit(tx).await?;
    Ok(Ok(before))
}

/// Asks whether the access works. When it does at once, one transaction says that it was made and
/// that it is usable; otherwise it is stored as made, and shown to work later. A crash in between
/// makes it again, which changes nothing.
async fn prove(
    app: &Arc<App>,
    job: &Job,
    effect: &Effect<'_>,
    (grant, before): (&Grant, &Before),
) -> Result<(), AppError> {
    let answer = effect.call(effect.connector.probe(&effect.order, before)).await;
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
    let access = load(&mut tx, job).await?;
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
        | GrantState::ApplyFailed { .. } => app.store.now(),
    };
    if is_final(fault) || app.store.now() - since >= SETUP_LIMIT {
        app.step(job, Command::GiveUp(grant.id, fault.to_string()), Then::Finish).await?;
    } else {
        backoff::retry(app, job, &fault.to_string(), pause(fault)).await;
    }
    Ok(())
}
