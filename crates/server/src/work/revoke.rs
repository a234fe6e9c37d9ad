//! Takes a grant away, and does not stop before a read says absent and the probe is refused.

use std::sync::Arc;

use bellhop_connectors::{Account, Connector, Fault, Leaving, Order, Presence, Probe, Revoked};
use bellhop_domain::{Access, Actor, Before, Command, Event, Grant, GrantState, Proof, Subject};
use bellhop_store::jobs::Job;
use bellhop_store::{Tx, accounts, audit};

use serde_json::json;

use super::backoff;
use super::effect::{find, order, outside, pause};
use crate::app::{App, AppError, Then, load};

/// What there is to take away, read in the transaction of the claim.
pub(super) struct Due {
    access: Access,
    grant: Grant,
    account: Account,
}

/// Looks, in the transaction of the claim, whether the account goes along. It is retired before
/// the call, so that a request which comes in meanwhile gets a new one.
pub(super) async fn start(tx: &mut Tx, job: &Job) -> Result<Option<Due>, AppError> {
    let access = load(tx, job.request).await?;
    let grant = find(&access, job.grant)?;
    if !matches!(grant.state, GrantState::Revoking { .. } | GrantState::RevokeStuck { .. }) {
        return Ok(None);
    }
    let retired = accounts::retire_if_unused(tx, &grant.account).await?;
    let account = if retired { Account::Remove } else { Account::Keep };
    Ok(Some(Due { access, grant, account }))
}

/// Carries out a `revoke` job.
pub(super) async fn run(app: &Arc<App>, job: &Job, due: Due) -> Result<(), AppError> {
    let Due { access, grant, account } = due;
    let order = order(app, &access, &grant);
    let gone = match app.connector(&grant.target.integration).await {
        Ok(connector) => take_away(app, job, connector.as_ref(), &order, (&grant, account)).await,
        Err(fault) => Err(fault),
    };
    match gone {
        Ok(proof) => app.step(job, Command::Revoked(grant.id, proof), Then::Finish).await?,
        Err(fault) => {
            let error = fault.to_string();
            let failing = Command::RevokeFailing(grant.id, error.clone());
            let step = app.step(job, failing, Then::GoOn).await?;
            backoff::retry(app, job, &error, pause(&fault)).await;
            step
        }
    };
    Ok(())
}

async fn take_away(
    app: &Arc<App>,
    job: &Job,
    connector: &dyn Connector,
    order: &Order,
    (grant, account): (&Grant, Account),
) -> Result<Proof, Fault> {
    let before = grant.state.before().cloned();
    let leaving = Leaving { account, owners: Vec::new(), before };
    let revoked = outside(app, job, connector.revoke(order, &leaving)).await?;
    if let Revoked::Kept(by) = revoked {
        return Ok(Proof::Covered { by });
    }
    if outside(app, job, connector.read(order)).await? != Presence::Absent {
        let what = &order.target;
        return Err(Fault::Unavailable(format!("{what} is still there after its removal")));
    }
    if let Revoked::DoneWithOthers(others) = revoked {
        report(app, order, &others).await.map_err(|e| Fault::Unavailable(e.to_string()))?;
    }
    let Some(before) = grant.state.before() else {
        let said = "nothing was made, and a read says that nothing is there".to_owned();
        return Ok(Proof::ReadBack { said });
    };
    refused(app, job, connector, order, before).await
}

async fn refused(
    app: &Arc<App>,
    job: &Job,
    connector: &dyn Connector,
    order: &Order,
    before: &Before,
) -> Result<Proof, Fault> {
    match outside(app, job, connector.probe(order, before)).await? {
        Probe::Refused(said) => Ok(Proof::Probed { said }),
        Probe::NothingToAsk(said) => Ok(Proof::ReadBack { said }),
        Probe::Covered(by) => Ok(Proof::Covered { by }),
        Probe::Usable(said) | Probe::NotYet(said) => {
            Err(Fault::Unavailable(format!("removed, but it still works: {said}")))
        }
    }
}

/// What somebody else had given to the account went with it; the audit log says what.
async fn report(app: &App, order: &Order, others: &[String]) -> Result<(), AppError> {
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
