//! Takes a grant away, and does not stop before a read says absent and the probe is refused.

use std::sync::Arc;

use bellhop_connectors::{Account, Fault, Leaving, Presence, Probe, Revoked};
use bellhop_domain::{Access, Before, Command, Grant, GrantState, Proof};
use bellhop_store::drift::{self, Place};
use bellhop_store::jobs::Job;
use bellhop_store::{Tx, access, accounts};

use super::backoff;
use super::drift::take_off;
use super::effect::{Effect, find, pause};
use crate::app::{App, AppError, Then, load};

/// What there is to take away, read in the transaction of the claim.
pub(super) struct Due {
    access: Access,
    grant: Grant,
    leaving: Leaving,
}

/// Looks, in the transaction of the claim, who else needs what the grant leaves, and whether the
/// account goes along. It is retired before the call, so that a request which comes in meanwhile
/// gets a new one.
pub(super) async fn start(tx: &mut Tx, job: &Job) -> Result<Option<Due>, AppError> {
    let access = load(tx, job).await?;
    let grant = find(&access, job.about.grant())?;
    if !matches!(grant.state, GrantState::Revoking { .. } | GrantState::RevokeStuck { .. }) {
        return Ok(None);
    }
    let retired = accounts::retire_if_unused(tx, &grant.account).await?;
    let account = if retired { Account::Remove } else { Account::Keep };
    let owners = access::owners(tx, &grant).await?;
    let recorded = drift::noted(tx, place(&grant)).await?.into_iter().collect();
    let leaving = Leaving { account, owners, before: grant.state.before().cloned(), recorded };
    Ok(Some(Due { access, grant, leaving }))
}

/// Where what stands in the way of a grant's end is found.
pub(super) fn place(grant: &Grant) -> Place {
    Place { integration: grant.integration, grant: Some(grant.id) }
}

/// Carries out a `revoke` job.
pub(super) async fn run(app: &Arc<App>, job: &Job, due: Due) -> Result<(), AppError> {
    let Due { access, grant, leaving } = due;
    let gone = match Effect::of(app, job, &access, &grant).await? {
        Ok(effect) => take_away(app, &effect, place(&grant), leaving).await,
        Err(fault) => Err(fault.into()),
    };
    match gone {
        Ok(proof) => {
            app.step(job, Command::Revoked(grant.id, proof), Then::Finish).await?;
        }
        Err(AppError::Fault(fault)) => {
            let error = fault.to_string();
            let failing = Command::RevokeFailing(grant.id, error.clone());
            app.step(job, failing, Then::GoOn).await?;
            backoff::retry(app, job, &error, pause(&fault)).await;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

async fn take_away(
    app: &App,
    effect: &Effect<'_>,
    place: Place,
    leaving: Leaving,
) -> Result<Proof, AppError> {
    let Effect { connector, order, .. } = effect;
    let before = leaving.before.clone();
    if let Revoked::Kept(by) = take_off(app, effect, place, leaving).await? {
        // Others need it, or it stood there before: nothing is to be read as absent.
        return Ok(Proof::Covered { by });
    }
    if effect.call(connector.read(order)).await? != Presence::Absent {
        let what = &order.target;
        return Err(Fault::Unavailable(format!("{what} is still there after its removal")).into());
    }
    let Some(before) = &before else {
        let said = "nothing was made, and a read says that nothing is there".to_owned();
        return Ok(Proof::ReadBack { said });
    };
    Ok(refused(effect, before).await?)
}

async fn refused(effect: &Effect<'_>, before: &Before) -> Result<Proof, Fault> {
    match effect.call(effect.connector.probe(&effect.order, before)).await? {
        Probe::Refused(said) => Ok(Proof::Probed { said }),
        Probe::NothingToAsk(said) => Ok(Proof::ReadBack { said }),
        Probe::Covered(by) => Ok(Proof::Covered { by }),
        Probe::Usable(said) | Probe::NotYet(said) => {
            Err(Fault::Unavailable(format!("removed, but it still works: {said}")))
        }
    }
}
