//! What every effect on a connected system has in common.

use std::future::Future;
use std::time::Duration;

use bellhop_connectors::{Fault, Order};
use bellhop_domain::{Access, Grant, GrantId};
use bellhop_store::jobs::Job;

use crate::app::{App, AppError, load};

/// The longest that one call outside may take: well inside a lease.
const LIMIT: Duration = Duration::from_secs(20);

/// The request and the grant that a job is about.
pub(super) async fn load_grant(app: &App, job: &Job) -> Result<(Access, Grant), AppError> {
    let mut tx = app.store.read().await?;
    let access = load(&mut tx, job.request).await?;
    let grant = find(&access, job.grant)?;
    Ok((access, grant))
}

/// A grant of a request.
pub(super) fn find(access: &Access, id: Option<GrantId>) -> Result<Grant, AppError> {
    id.and_then(|id| access.grant(id))
        .cloned()
        .ok_or_else(|| AppError::NotFound(format!("{} has no such grant", access.request.number)))
}

/// A grant as a connector sees it.
pub(super) fn order(app: &App, access: &Access, grant: &Grant) -> Order {
    Order {
        installation: app.store.installation(),
        grant: grant.id,
        target: grant.target.clone(),
        account: grant.account.clone(),
        deadline: access.deadline(),
    }
}

/// Carries out one call outside, with a time limit, if the job's lease outlives the limit. A
/// worker that slept past its lease must not touch anything any more.
pub(super) async fn outside<T>(
    app: &App,
    job: &Job,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let left = (job.lease_until - app.clock.now()).to_std().unwrap_or_default();
    if left < LIMIT {
        return Err(Fault::Unavailable("this try took too long; it starts again".to_owned()));
    }
    match tokio::time::timeout(LIMIT, call).await {
        Ok(answer) => answer,
        Err(_) => {
            let seconds = LIMIT.as_secs();
            Err(Fault::Unavailable(format!("no answer within {seconds} seconds")))
        }
    }
}

/// How long the system asked to wait.
pub(super) fn pause(fault: &Fault) -> Option<Duration> {
    match fault {
        Fault::Throttled { after, .. } => Some(*after),
        Fault::Unavailable(_)
        | Fault::NotAllowed(_)
        | Fault::TargetGone(_)
        | Fault::WrongSystem(_)
        | Fault::Impossible(_) => None,
    }
}

/// Whether trying again cannot help.
pub(super) fn is_final(fault: &Fault) -> bool {
    match fault {
        Fault::TargetGone(_) | Fault::Impossible(_) => true,
        Fault::Unavailable(_)
        | Fault::Throttled { .. }
        | Fault::NotAllowed(_)
        | Fault::WrongSystem(_) => false,
    }
}
