//! Takes a grant away, and does not stop before a read says absent and the probe is refused.

use std::sync::Arc;

use bellhop_connectors::{Account, Fault, Leaving, Presence, Probe, Revoked};
use bellhop_domain::{Access, Actor, Before, Command, Event, Grant, GrantState, Proof, Subject};
use bellhop_store::jobs::Job;
use bellhop_store::{Tx, access, accounts, audit};

use serde_json::json;

use super::backoff;
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
    let leaving = Leaving { account, owners, before: grant.state.before().cloned() };
    Ok(Some(Due { access, grant, leaving }))
}

/// Carries out a `revoke` job.
pub(super) async fn run(app: &Arc<App>, job: &Job, due: Due) -> Result<(), AppError> {
    let Due { access, grant, leaving } = due;
    let gone = match Effect::of(app, job, &access, &grant).await? {
        Ok(effect) => take_away(app, &effect, &leaving).await,
        Err(fault) => Err(fault),
    };
    match gone {
        Ok(proof) => {
            app.step(job, Command::Revoked(grant.id, proof), Then::Finish).await?;
        }
        Err(fault) => {
            let error = fault.to_string();
            let failing = Command::RevokeFailing(grant.id, error.clone());
            app.step(job, failing, Then::GoOn).await?;
            backoff::retry(app, job, &error, pause(&fault)).await;
        }
    }
    Ok(())
}

async fn take_away(app: &App, effect: &Effect<'_>, leaving: &Leaving) -> Result<Proof, Fault> {
    let Effect { connector, order, .. } = effect;
    match effect.call(connector.revoke(order, leaving)).await? {
        // Others need it, or it stood there before: nothing is to be read as absent.
        Revoked::Kept(by) => return Ok(Proof::Covered { by }),
        Revoked::DoneWithOthers(others) => {
            report(app, effect, &others).await.map_err(|e| Fault::Unavailable(e.to_string()))?;
        }
        Revoked::Done | Revoked::AlreadyGone => {}
    }
    if effect.call(connector.read(order)).await? != Presence::Absent {
        let what = &order.target;
        return Err(Fault::Unavailable(format!("{what} is still there after its removal")));
    }
    let Some(before) = &leaving.before else {
        let said = "nothing was made, and a read says that nothing is there".to_owned();
        return Ok(Proof::ReadBack { said });
    };
    refused(effect, before).await
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

/// What somebody else had given to the account went with it; the audit log says what.
async fn report(app: &App, effect: &Effect<'_>, others: &[String]) -> Result<(), AppError> {
    let order = &effect.order;
    let event = Event {
        kind: "drift.removed".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: order.target.integration.clone() },
        before: Some(json!({ "named_our_account": others })),
        after: json!({ "grant": order.grant, "account": order.account, "removed": others }),
    };
    let mut tx = app.store.write().await?;
    audit::append(&mut tx, &[event]).await?;
    Ok(app.commit(tx).await?)
}
