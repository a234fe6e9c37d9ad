//! Reads once more, a lease after the end, what was taken away: a worker that slept past its own
//! lease may have made it again in between.

use std::sync::Arc;

use bellhop_connectors::{Account, Fault, Leaving, Presence, Revoked};
use bellhop_domain::{Actor, Before, Event, Found, GrantState, Subject};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{access, audit};
use serde_json::{Value, json};

use super::backoff;
use super::effect::{Effect, load_grant, pause};
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
    drop(tx);
    let before = found.map(|found| Before { found, plan: Value::Null });
    let leaving = Leaving { account: Account::Keep, owners, before };
    let looked = match Effect::of(app, job, &access, &grant).await? {
        Ok(effect) => look(&effect, &leaving, *found).await,
        Err(fault) => Err(fault),
    };
    match looked {
        Ok(None) => app.finish(job).await,
        Ok(Some(what)) => removed(app, job, &grant.target.integration, &what).await,
        Err(fault) => {
            backoff::retry(app, job, &fault.to_string(), pause(&fault)).await;
            Ok(())
        }
    }
}

/// What was there again and had to be removed.
async fn look(
    effect: &Effect<'_>,
    leaving: &Leaving,
    found: Option<Found>,
) -> Result<Option<String>, Fault> {
    let Effect { connector, order, .. } = effect;
    if found == Some(Found::Standing) {
        return Ok(None);
    }
    if effect.call(connector.read(order)).await? == Presence::Absent {
        return Ok(None);
    }
    match effect.call(connector.revoke(order, leaving)).await? {
        Revoked::Kept(_) | Revoked::AlreadyGone => Ok(None),
        Revoked::Done | Revoked::DoneWithOthers(_) => Ok(Some(order.target.to_string())),
    }
}

async fn removed(app: &App, job: &Job, integration: &str, what: &str) -> Result<(), AppError> {
    tracing::warn!(integration, what, "removed what came back after its end");
    let event = Event {
        kind: "drift.removed".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: integration.to_owned() },
        before: Some(json!({ "there_again_after_its_end": what })),
        after: json!({ "removed": what }),
    };
    let mut tx = app.store.write().await?;
    jobs::complete(&mut tx, job).await?;
    audit::append(&mut tx, &[event]).await?;
    Ok(app.commit(tx).await?)
}
