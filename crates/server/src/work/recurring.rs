//! Work that comes back: looking after connected systems. A credential that runs out or a right
//! that is lost shows before somebody is promised access, and what drifted is found.

use std::sync::Arc;

use bellhop_domain::{IntegrationId, JobKind};
use bellhop_store::jobs::{self, Job};
use bellhop_store::{StoreError, Tx, integrations};
use chrono::TimeDelta;

use super::effect::{not_in_a_pause, pause};
use super::{backoff, sweep};
use crate::app::{self, App, AppError};

/// How often a connected system is checked, and swept.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// Both, in the order in which they are due at a start.
const BOTH: [JobKind; 2] = [JobKind::Check, JobKind::Sweep];

/// Looks at every connected system now: at a start, and when the machine wakes.
pub(super) async fn look_now(tx: &mut Tx) -> Result<(), StoreError> {
    for integration in integrations::all(tx).await?.iter().filter(|i| i.settings.is_some()) {
        look_at(tx, integration.id).await?;
    }
    Ok(())
}

/// Looks at a connected system now, and from then on again and again.
pub(crate) async fn look_at(tx: &mut Tx, integration: IntegrationId) -> Result<(), StoreError> {
    for kind in BOTH {
        let now = tx.now();
        jobs::hasten(tx, kind, integration, now).await?;
    }
    Ok(())
}

/// Carries out a `check` or a `sweep` job, and puts it back for the next time.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let Some(id) = job.about.integration() else { return app.finish(job).await };
    let mut tx = app.store.read().await?;
    let found = integrations::by_id(&mut tx, id).await?;
    drop(tx);
    let Some(integration) = found.filter(|i| i.settings.is_some()) else {
        return app.finish(job).await;
    };
    let looked = match not_in_a_pause(app, &integration.name) {
        Err(fault) => Err(fault.into()),
        Ok(()) if job.kind == JobKind::Sweep => sweep::one(app, &integration.name).await,
        Ok(()) => app::integrations::refresh(app, &integration.name).await.map(drop),
    };
    match looked {
        Ok(()) => {
            let mut tx = app.store.write().await?;
            let run_at = tx.now() + EVERY;
            jobs::again(&mut tx, job, run_at).await?;
            Ok(app.commit(tx).await?)
        }
        Err(error) => {
            let integration = integration.name;
            tracing::warn!(integration, job = job.kind.name(), %error, "cut short");
            let asked = if let AppError::Fault(fault) = &error { pause(fault) } else { None };
            backoff::retry(app, job, &error.to_string(), asked).await;
            Ok(())
        }
    }
}
