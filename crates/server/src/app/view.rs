//! Stored state as the wire shows it. Every text is derived here, from what is stored.

use std::sync::Arc;

use bellhop_api as wire;
use bellhop_connectors::{Connector, EndsAlone};
use bellhop_domain::{Access, EndCause, Grant, GrantState, Proof, words};
use bellhop_store::{Tx, integrations, jobs, people};
use chrono::{DateTime, Utc};

use super::{App, AppError};

/// A request as the wire shows it.
pub(super) async fn request(
    app: &App,
    tx: &mut Tx,
    access: &Access,
) -> Result<wire::Request, AppError> {
    let request = &access.request;
    let deadline = access.deadline();
    let requester = people::find(tx, request.requester).await?;
    let mut grants = Vec::with_capacity(access.grants.len());
    let mut worst = EndsAlone::All { at_most_late: 0 };
    for grant in &access.grants {
        let system = system(app, tx, grant).await?;
        worst = worse(worst, system.as_ref().map_or(EndsAlone::Nothing, |c| c.ends_alone()));
        let remains = system.map_or(&[][..], |c| c.remains());
        let remains = remains.iter().map(|&text| text.to_owned()).collect();
        grants.push(grant_view(tx, grant, deadline, remains).await?);
    }
    let status = access.status();
    Ok(wire::Request {
        number: request.number.to_string(),
        id: request.id.to_string(),
        requester: requester.map_or_else(|| "somebody unknown".to_owned(), |p| p.handle),
        flow: request.flow.id.clone(),
        reason: request.reason.clone(),
        duration_seconds: request.duration.seconds(),
        submitted_at: request.submitted_at,
        deadline,
        status: status.name().to_owned(),
        label: words::request_label(status, deadline, tx.now()).to_owned(),
        ends_alone: ends_alone(worst, deadline),
        grants,
    })
}

async fn grant_view(
    tx: &mut Tx,
    grant: &Grant,
    deadline: DateTime<Utc>,
    remains: Vec<String>,
) -> Result<wire::Grant, AppError> {
    let note = match note(&grant.state) {
        Some(note) => Some(note),
        None => jobs::last_error(tx, grant.id).await?.map(|e| format!("still trying: {e}")),
    };
    Ok(wire::Grant {
        id: grant.id.to_string(),
        target: grant.target.to_string(),
        state: grant.state.name().to_owned(),
        label: words::grant_label(&grant.state, deadline, tx.now()).to_owned(),
        note,
        remains,
    })
}

fn note(state: &GrantState) -> Option<String> {
    match state {
        GrantState::Scheduled | GrantState::Applying { .. } | GrantState::Verifying { .. } => None,
        GrantState::Active { proof, .. } | GrantState::Ended { proof, .. } => Some(said(proof)),
        GrantState::Revoking { ending } => match &ending.cause {
            EndCause::End { .. } => None,
            EndCause::Undo { why } => Some(format!("being undone: {why}")),
        },
        GrantState::RevokeStuck { error, .. } => Some(format!("still trying: {error}")),
        GrantState::ApplyFailed { why, .. } => Some(why.clone()),
    }
}

fn said(proof: &Proof) -> String {
    match proof {
        Proof::Probed { said } | Proof::ReadBack { said } => said.clone(),
        Proof::Covered { by } => format!("gone, but the same is still allowed by {by}"),
    }
}

/// The connected system of a grant; nothing when it is not connected.
async fn system(
    app: &App,
    tx: &mut Tx,
    grant: &Grant,
) -> Result<Option<Arc<dyn Connector>>, AppError> {
    let found = integrations::by_name(tx, &grant.target.integration).await?;
    Ok(found.and_then(|integration| app.systems.open(&integration).ok()))
}

fn ends_alone(worst: EndsAlone, deadline: DateTime<Utc>) -> String {
    let deadline = deadline.format("%Y-%m-%d %H:%M:%S UTC");
    match worst {
        EndsAlone::All { at_most_late } => format!(
            "If Bellhop is off at {deadline}, access ends by itself at most {} minutes later",
            at_most_late.div_ceil(60)
        ),
        EndsAlone::NewSignIns => format!(
            "If Bellhop is off at {deadline}, nobody can sign in anew, and what is open stays \
             open until Bellhop is next on"
        ),
        EndsAlone::Nothing => {
            format!("If Bellhop is off at {deadline}, access ends when Bellhop is next on")
        }
    }
}

fn worse(a: EndsAlone, b: EndsAlone) -> EndsAlone {
    match (a, b) {
        (EndsAlone::All { at_most_late: x }, EndsAlone::All { at_most_late: y }) => {
            EndsAlone::All { at_most_late: x.max(y) }
        }
        (EndsAlone::Nothing, _) | (_, EndsAlone::Nothing) => EndsAlone::Nothing,
        (EndsAlone::NewSignIns, _) | (_, EndsAlone::NewSignIns) => EndsAlone::NewSignIns,
    }
}
