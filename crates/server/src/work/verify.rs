//! Shows that a grant is usable: only a probe as the grantee makes it active.

use std::sync::Arc;

use bellhop_connectors::{Fault, Probe};
use bellhop_domain::{Command, GrantState, Proof};
use bellhop_store::jobs::Job;

use super::apply::failed;
use super::effect::{Effect, load_grant};
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
    let answer = match Effect::of(app, job, &access, &grant).await? {
        Ok(effect) => effect.call(effect.connector.probe(&effect.order, before)).await,
        Err(fault) => Err(fault),
    };
    match proof(answer) {
        Ok(proof) => {
            app.step(job, Command::Verified(grant.id, proof), Then::Finish).await?;
            Ok(())
        }
        Err(fault) => failed(app, job, &grant, &fault).await,
    }
}

/// What an answer shows, if it shows that the access works.
pub(super) fn proof(answer: Result<Probe, Fault>) -> Result<Proof, Fault> {
    match answer? {
        Probe::Usable(said) => Ok(Proof::Probed { said }),
        Probe::NothingToAsk(said) => Ok(Proof::ReadBack { said }),
        Probe::Covered(by) => Ok(Proof::Covered { by }),
        Probe::NotYet(said) | Probe::Refused(said) => {
            Err(Fault::Unavailable(format!("not usable yet: {said}")))
        }
    }
}
