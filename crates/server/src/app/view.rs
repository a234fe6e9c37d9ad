//! Stored state as the wire shows it. Every text is derived here, from what is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use bellhop_api as wire;
use bellhop_connectors::{Connector, EndsAlone};
use bellhop_domain::{
    Access, Actor, Answer, Approved, Decision, EndCause, EndedBy, Extension, Grant, GrantState,
    People, Person, Proof, Request, Target, may_end, words,
};
use bellhop_store::{Tx, flows, integrations, jobs, people};
use chrono::{DateTime, Utc};

use super::{App, AppError};

/// A request as the wire shows it to `viewer`.
pub(super) async fn request(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    viewer: &Person,
) -> Result<wire::Request, AppError> {
    let request = &access.request;
    let deadline = access.deadline();
    let requester = people::find(tx, request.requester).await?;
    let mut systems = BTreeMap::new();
    for wanted in &request.wanted {
        let name = &wanted.target.integration;
        if !systems.contains_key(name) {
            systems.insert(name.clone(), system(app, tx, name).await?);
        }
    }
    let mut grants = Vec::with_capacity(access.grants.len());
    for grant in &access.grants {
        let system = systems.get(&grant.target.integration).and_then(Option::as_ref);
        let remains = system.map_or(&[][..], |c| c.remains());
        let remains = remains.iter().map(|&text| text.to_owned()).collect();
        grants.push(grant_view(tx, grant, deadline, remains).await?);
    }
    let status = access.status();
    Ok(wire::Request {
        number: request.number.to_string(),
        id: request.id.to_string(),
        requester: name_of(requester.as_ref()),
        flow: request.flow.id.clone(),
        reason: request.reason.clone(),
        duration_seconds: request.duration.seconds(),
        submitted_at: request.submitted_at,
        deadline,
        status: status.name().to_owned(),
        label: words::request_label(status, deadline, tx.now()).to_owned(),
        ends_alone: ends_alone(systems.values(), deadline),
        targets: request.wanted.iter().map(|w| w.target.to_string()).collect(),
        open: access.open(),
        decision: decision(request),
        extension: access.approved().and_then(|approved| extension(request, approved)),
        waits: waits(tx, request, (requester.as_ref(), viewer)).await?,
        ended: access.approved().and_then(|approved| ended(request, approved)),
        may_end: ends(tx, access, viewer).await?,
        seen: request.seen().0,
        grants,
    })
}

/// What was decided, once it was.
fn decision(request: &Request) -> Option<wire::Decision> {
    let (what, by, at, note) = match &request.decision {
        Decision::Pending { .. } => return None,
        Decision::Approved(Approved { by: Actor::System, at, .. }) => {
            ("approved", request.flow.id.as_str(), at, "")
        }
        Decision::Approved(Approved { by, at, note, .. }) => {
            ("approved", by.name(), at, note.as_str())
        }
        Decision::Denied { by, at, note } => ("denied", by.name(), at, note.as_str()),
        Decision::Withdrawn { by, at } => ("withdrawn", by.name(), at, ""),
        Decision::Lapsed { at } => ("lapsed", Actor::System.name(), at, ""),
    };
    let mut said = decided(what, by, *at, note);
    if let Decision::Approved(Approved { shorter: Some(span), .. }) = &request.decision {
        said.shorter_seconds = Some(span.seconds());
    }
    Some(said)
}

/// The last extension, and what was decided about it.
fn extension(request: &Request, approved: &Approved) -> Option<wire::Extension> {
    let Extension { asked_at, by, answer } = approved.extension.as_ref()?;
    let decision = match answer {
        Answer::Pending { .. } => None,
        Answer::Approved { at, by: Actor::System, .. } => {
            Some(decided("approved", &request.flow.id, *at, ""))
        }
        Answer::Approved { at, by, note } => Some(decided("approved", by.name(), *at, note)),
        Answer::Denied { at, by, note } => Some(decided("denied", by.name(), *at, note)),
        Answer::Lapsed { at } => Some(decided("lapsed", Actor::System.name(), *at, "")),
    };
    Some(wire::Extension { asked_at: *asked_at, seconds: by.seconds(), decision })
}

/// Who ended it, where somebody did.
fn ended(request: &Request, approved: &Approved) -> Option<wire::Ended> {
    let EndedBy { at, by, note } = approved.ended.as_deref()?;
    let returned = by.person() == Some(request.requester);
    Some(wire::Ended {
        what: if returned { "returned" } else { "revoked" }.to_owned(),
        by: by.name().to_owned(),
        at: *at,
        note: note.clone(),
    })
}

/// Whether the viewer may end what is left of it.
async fn ends(tx: &mut Tx, access: &Access, viewer: &Person) -> Result<bool, AppError> {
    if !access.grants.iter().any(|grant| grant.state.wants_account()) {
        return Ok(false);
    }
    if may_end(access, viewer, None) {
        return Ok(true);
    }
    let flow = flows::by_id(tx, &access.request.flow.id).await?;
    Ok(may_end(access, viewer, flow.as_ref().map(|found| &found.flow)))
}

fn decided(what: &str, by: &str, at: DateTime<Utc>, note: &str) -> wire::Decision {
    let (what, by, note) = (what.to_owned(), by.to_owned(), note.to_owned());
    wire::Decision { what, by, at, note, shorter_seconds: None }
}

fn name_of(person: Option<&Person>) -> String {
    person.map_or_else(|| "somebody unknown".to_owned(), |person| person.handle.clone())
}

/// Who is waited for, while somebody is.
async fn waits(
    tx: &mut Tx,
    request: &Request,
    (requester, viewer): (Option<&Person>, &Person),
) -> Result<Option<wire::Waits>, AppError> {
    let (lapses_at, extend_seconds) = match &request.decision {
        Decision::Pending { lapses_at } => (*lapses_at, None),
        Decision::Approved(approved) => match approved.waiting() {
            Some((extension, lapses_at)) => (lapses_at, Some(extension.by.seconds())),
            None => return Ok(None),
        },
        Decision::Denied { .. } | Decision::Withdrawn { .. } | Decision::Lapsed { .. } => {
            return Ok(None);
        }
    };
    let flow = flows::by_id(tx, &request.flow.id).await?;
    let mut waits =
        wire::Waits { approvers: Vec::new(), for_you: false, lapses_at, extend_seconds };
    let people = flow.as_ref().and_then(|found| found.flow.approvers());
    let (Some(people), Some(requester)) = (people, requester) else { return Ok(Some(waits)) };
    waits.approvers = deciders(tx, people, requester).await?;
    waits.for_you = people.may_decide(viewer, requester);
    Ok(Some(waits))
}

/// Handles of those who may decide about a request of `requester`. Somebody who is not known yet, or
/// may not decide about this requester, is no hope.
pub(super) async fn deciders(
    tx: &mut Tx,
    people: &People,
    requester: &Person,
) -> Result<Vec<String>, AppError> {
    let mut deciders = Vec::new();
    for handle in &people.any.users {
        let found = people::by_handle(tx, handle).await?;
        if found.is_some_and(|person| people.may_decide(&person, requester)) {
            deciders.push(handle.clone());
        }
    }
    Ok(deciders)
}

async fn grant_view(
    tx: &mut Tx,
    grant: &Grant,
    deadline: Option<DateTime<Utc>>,
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

/// A connected system; nothing when it is not connected.
async fn system(
    app: &App,
    tx: &mut Tx,
    name: &str,
) -> Result<Option<Arc<dyn Connector>>, AppError> {
    let found = integrations::by_name(tx, name).await?;
    Ok(found.and_then(|integration| app.systems.open(&integration).ok()))
}

/// What still ends at the deadline with Bellhop off, in the systems of these targets.
pub(super) async fn ends_alone_of(
    app: &App,
    tx: &mut Tx,
    targets: &[Target],
    deadline: Option<DateTime<Utc>>,
) -> Result<String, AppError> {
    let mut systems = BTreeMap::new();
    for target in targets {
        let name = &target.integration;
        if !systems.contains_key(name) {
            systems.insert(name.clone(), system(app, tx, name).await?);
        }
    }
    Ok(ends_alone(systems.values(), deadline))
}

/// What still ends at the deadline with Bellhop off: as little as in the worst of the systems.
fn ends_alone<'a>(
    systems: impl Iterator<Item = &'a Option<Arc<dyn Connector>>>,
    deadline: Option<DateTime<Utc>>,
) -> String {
    let alone = |system: &Option<Arc<dyn Connector>>| {
        system.as_ref().map_or(EndsAlone::Nothing, |c| c.ends_alone())
    };
    let worst = systems.map(alone).fold(EndsAlone::All { at_most_late: 0 }, worse);
    let deadline = deadline.map_or_else(
        || "the deadline".to_owned(),
        |deadline| deadline.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
    );
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
