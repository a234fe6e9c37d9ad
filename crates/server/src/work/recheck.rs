//! Reads once more, a lease after the end, what was taken away: a worker that slept past its own
//! lease may have made it again in between.

use std::sync::Arc;

use bellhop_connectors::{Account, Leaving, Presence};
use bellhop_domain::{Before, Found, Grant, GrantState};
use bellhop_store::jobs::Job;
use bellhop_store::{access, drift};
use serde_json::Value;

use super::backoff;
use super::drift::{found, removed, take_off};
use super::effect::{Effect, load_grant, pause};
use super::revoke::place;
use crate::app::{App, AppError};

/// Carries out a `recheck` job.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let (access, grant) = load_grant(app, job).await?;
    let (GrantState::Ended { found, .. } | GrantState::ApplyFailed { found, .. }) = &grant.state
    else {
        return app.finish(job).await;
    };
    let mut tx = app.store.read().await?;
    let owners = access::owners(&mut tx, &grant).await?;
    let recorded = drift::noted(&mut tx, place(&grant)).await?.into_iter().collect();
    drop(tx);
    let before = found.map(|found| Before { found, plan: Value::Null });
    let leaving = Leaving { account: Account::Keep, owners, before, recorded };
    let looked = match Effect::of(app, job, &access, &grant).await? {
        Ok(effect) => look(app, &effect, &grant, leaving).await,
        Err(fault) => Err(fault.into()),
    };
    match looked {
        Ok(()) => app.finish(job).await,
        Err(AppError::Fault(fault)) => {
            backoff::retry(app, job, &fault.to_string(), pause(&fault)).await;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// What is there again is put on record and removed.
async fn look(
    app: &App,
    effect: &Effect<'_>,
    grant: &Grant,
    mut leaving: Leaving,
) -> Result<(), AppError> {
    let Effect { connector, order, .. } = effect;
    let (place, system) = (place(grant), order.target.integration.as_str());
    let standing = leaving.before.as_ref().is_some_and(|before| before.found == Found::Standing);
    let others = connector.shares_effects() && leaving.shared_effect_stays().is_some();
    if standing || others {
        // What is there is not this grant's.
        return Ok(());
    }
    if effect.call(connector.read(order)).await? == Presence::Absent {
        for what in &leaving.recorded {
            removed(app, (place, system), what).await?;
        }
        return Ok(());
    }
    let what = format!("{}, made again after its end", order.target);
    found(app, (place, system), &what).await?;
    leaving.recorded.insert(what);
    take_off(app, effect, place, leaving).await.map(drop)
}
