//! Work that comes back: looking after connected systems. A credential that runs out or a right
//! that is lost shows before somebody is promised access, and what drifted is found.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bellhop_domain::{IntegrationId, JobKind, LEASE};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{StoreError, Tx, integrations};
use chrono::TimeDelta;

use super::effect::{not_in_a_pause, pause};
use super::{backoff, sweep, sync};
use crate::app::{self, App, AppError};

/// How often a connected system is checked, and swept.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// How often what can be asked for there is read: what is new can wait, and a long list is work for
/// the system.
const LISTED_EVERY: TimeDelta = TimeDelta::minutes(5);
/// How often the lease of work under way is renewed: three times before it would run out.
const RENEWED: Duration = Duration::from_secs(20);
/// All of it, in the order in which it is due at a start.
const ALL: [JobKind; 3] = [JobKind::Check, JobKind::Sweep, JobKind::Sync];

/// Looks at every connected system now: at a start, and when the machine wakes.
pub(super) async fn look_now(tx: &mut Tx) -> Result<(), StoreError> {
    for integration in integrations::all(tx).await?.iter().filter(|i| i.settings.is_some()) {
        look_at(tx, integration.id).await?;
    }
    Ok(())
}

/// Looks at a connected system now, and from then on again and again.
pub(crate) async fn look_at(tx: &mut Tx, integration: IntegrationId) -> Result<(), StoreError> {
    for kind in ALL {
        let now = tx.now();
        jobs::hasten(tx, kind, integration, now).await?;
    }
    Ok(())
}

/// Carries out a `check`, `sweep` or `sync` job, and puts it back for the next time.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let Some(id) = job.about.integration() else { return app.finish(job).await };
    let mut tx = app.store.read().await?;
    let found = integrations::by_id(&mut tx, id).await?;
    drop(tx);
    let Some(integration) = found.filter(|i| i.settings.is_some()) else {
        return app.finish(job).await;
    };
    let looked = keeping_the_lease(app, job, async {
        not_in_a_pause(app, &integration.name)?;
        if job.kind == JobKind::Sweep {
            sweep::one(app, &integration.name).await
        } else if job.kind == JobKind::Sync {
            sync::one(app, &integration.name).await.map(drop)
        } else {
            app::integrations::refresh(app, &integration.name).await.map(drop)
        }
    })
    .await;
    match looked {
        Ok(()) => {
            let mut tx = app.store.write().await?;
            let every = if job.kind == JobKind::Sync { LISTED_EVERY } else { EVERY };
            let run_at = tx.now() + every;
            jobs::again(&mut tx, job, run_at).await?;
            Ok(app.commit(tx).await?)
        }
        // Somebody else does it by now.
        Err(lost @ AppError::Store(StoreError::LeaseLost)) => Err(lost),
        Err(error) => {
            let integration = integration.name;
            tracing::warn!(integration, job = job.kind.name(), %error, "cut short");
            let asked = if let AppError::Fault(fault) = &error { pause(fault) } else { None };
            backoff::retry(app, job, &error.to_string(), asked).await;
            Ok(())
        }
    }
}

/// Does work that may take longer than a lease, under a lease that is renewed beside it: the work
/// may be writing when that is due. When the lease is lost all the same, the work is dropped where
/// it stands.
async fn keeping_the_lease(
    app: &App,
    job: &Job,
    work: impl Future<Output = Result<(), AppError>>,
) -> Result<(), AppError> {
    tokio::select! {
        biased;
        done = work => done,
        Err(lost) = renewing(app, job) => Err(lost),
    }
}

async fn renewing(app: &App, job: &Job) -> Result<Infallible, AppError> {
    loop {
        app.timer.sleep(RENEWED).await;
        let mut tx = app.store.write().await?;
        let until = tx.now() + LEASE;
        jobs::renew(&mut tx, job, until).await?;
        app.commit(tx).await?;
    }
}
