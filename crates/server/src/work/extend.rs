//! Tells the system of a deadline that moved, so that what is noted there stays true.

use std::sync::Arc;

use bellhop_domain::GrantState;
use bellhop_store::jobs::Job;

use super::backoff;
use super::effect::{Effect, is_final, load_grant, pause};
use crate::app::{App, AppError};

/// Carries out an `extend` job.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let (access, grant) = load_grant(app, job).await?;
    let GrantState::Active { before, .. } = &grant.state else {
        return app.finish(job).await;
    };
    if access.is_past(app.store.now()) {
        return app.finish(job).await;
    }
    let told = match Effect::of(app, job, &access, &grant).await? {
        Ok(effect) => effect.call(effect.connector.extend(&effect.order, before)).await,
        Err(fault) => Err(fault),
    };
    match told {
        Ok(()) => app.finish(job).await,
        Err(fault) if is_final(&fault) => {
            // Changed or gone outside. What that means is for the sweep to say.
            app.look_soon(job, grant.integration).await
        }
        Err(fault) => {
            backoff::retry(app, job, &fault.to_string(), pause(&fault)).await;
            Ok(())
        }
    }
}
