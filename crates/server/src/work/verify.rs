//! Shows that a grant is usable: only a probe as the grantee makes it active.

use std::sync::Arc;

use bellhop_connectors::{Fault, Probe};
use bellhop_domain::{Access, Before, Command, Grant, GrantState, Proof};
use bellhop_store::jobs::Job;

use super::apply::failed;
use super::effect::{load_grant, order, outside};
use crate::app::{App, AppError, Then};

/// Carries out a `verify` job.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> Result<(), AppError> {
    let (access, grant) = load_grant(app, job).await?;
    let GrantState::Verifying { before, .. } = &grant.state else {
        // Already active, or ended meanwhile: the command says which, and finishes the job.
        let proof = Proof::ReadBack { said: String::new() };
        app.step(job, Command::Verified(grant.id, proof), Then::Finish).await?;
        return Ok(());
    };
    let answer = ask(app, job, (&access, &grant), before).await;
    conclude(app, job, &grant, answer).await
}

/// Asks the system, as the grantee, whether the access works.
pub(super) async fn ask(
    app: &Arc<App>,
    job: &Job,
    (access, grant): (&Access, &Grant),
    before: &Before,
) -> Result<Probe, Fault> {
    let connector = app.connector(&grant.target.integration).await?;
    outside(app, job, connector.probe(&order(app, access, grant), before)).await
}

/// Stores what the answer shows.
pub(super) async fn conclude(
    app: &Arc<App>,
    job: &Job,
    grant: &Grant,
    answer: Result<Probe, Fault>,
) -> Result<(), AppError> {
    let proof = match answer {
        Ok(Probe::Usable(said)) => Proof::Probed { said },
        Ok(Probe::NothingToAsk(said)) => Proof::ReadBack { said },
        Ok(Probe::Covered(by)) => Proof::Covered { by },
        Ok(Probe::NotYet(said) | Probe::Refused(said)) => {
            let fault = Fault::Unavailable(format!("not usable yet: {said}"));
            return failed(app, job, grant, &fault).await;
        }
        Err(fault) => return failed(app, job, grant, &fault).await,
    };
    app.step(job, Command::Verified(grant.id, proof), Then::Finish).await?;
    Ok(())
}
