//! What every call to a connected system has in common.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bellhop_connectors::{Connector, Fault, Order};
use bellhop_domain::{Access, Grant, GrantId, RequestNumber};
use bellhop_store::StoreError;
use bellhop_store::jobs::Job;

use crate::app::{App, AppError, load};

/// The longest that one call outside may take: well inside a lease.
const LIMIT: Duration = Duration::from_secs(20);

/// A grant, the system that it is in, and the job under whose lease that system is called.
pub(super) struct Effect<'a> {
    app: &'a App,
    job: &'a Job,
    pub(super) connector: Arc<dyn Connector>,
    pub(super) order: Order,
    pub(super) number: RequestNumber,
}

impl<'a> Effect<'a> {
    /// Reaches for the system. The outer error is the store's, the inner one the system's.
    pub(super) async fn of(
        app: &'a App,
        job: &'a Job,
        access: &Access,
        grant: &Grant,
    ) -> Result<Result<Self, Fault>, AppError> {
        let order = order(app, access, grant)?;
        let connector = app.connector(&grant.target.integration).await;
        Ok(connector.map(|connector| Self {
            app,
            job,
            connector,
            order,
            number: access.request.number,
        }))
    }

    /// Carries out one call outside, with a time limit, if the job's lease outlives the limit. A
    /// worker that slept past its lease must not touch anything any more.
    pub(super) async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let (app, system) = (self.app, &self.order.target.integration);
        let now = app.store.now();
        if (self.job.lease_until - now).to_std().unwrap_or_default() < LIMIT {
            let text = "this try took too long; it starts again".to_owned();
            return Err(Fault::Unavailable(text));
        }
        let in_time = async {
            app.within(LIMIT, call).await.unwrap_or_else(|| {
                let seconds = LIMIT.as_secs();
                Err(Fault::Unavailable(format!("no answer within {seconds} seconds")))
            })
        };
        politely(app, system, in_time).await
    }
}

/// Calls a system unless it asked to be left alone, and remembers when it does so now.
pub(super) async fn politely<T>(
    app: &App,
    system: &str,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    not_in_a_pause(app, system)?;
    let answer = call.await;
    if let Err(Fault::Throttled { after, .. }) = &answer {
        app.pauses.pause(system, app.store.now(), *after);
    }
    answer
}

/// Refuses to call a system that asked to be left alone.
pub(super) fn not_in_a_pause(app: &App, system: &str) -> Result<(), Fault> {
    match app.pauses.left(system, app.store.now()) {
        Some(after) => {
            let message = format!("{system} asked for a pause");
            Err(Fault::Throttled { message, after })
        }
        None => Ok(()),
    }
}

/// The request and the grant that a job is about.
pub(super) async fn load_grant(app: &App, job: &Job) -> Result<(Access, Grant), AppError> {
    let mut tx = app.store.read().await?;
    let access = load(&mut tx, job).await?;
    let grant = find(&access, job.about.grant())?;
    Ok((access, grant))
}

/// A grant of a request.
pub(super) fn find(access: &Access, id: Option<GrantId>) -> Result<Grant, AppError> {
    id.and_then(|id| access.grant(id))
        .cloned()
        .ok_or_else(|| AppError::NotFound(format!("{} has no such grant", access.request.number)))
}

/// A grant as a connector sees it.
pub(super) fn order(app: &App, access: &Access, grant: &Grant) -> Result<Order, AppError> {
    let deadline = access.deadline().ok_or_else(|| StoreError::Inconsistent {
        table: "grants",
        row: grant.id.to_string(),
        why: "its request was never approved".to_owned(),
    })?;
    Ok(Order {
        installation: app.store.installation(),
        grant: grant.id,
        target: grant.target.clone(),
        account: grant.account.clone(),
        deadline,
    })
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
