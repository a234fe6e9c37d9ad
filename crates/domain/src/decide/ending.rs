//! Taking access away: by people, at the deadline, and when what it stood on is gone.

use chrono::{DateTime, TimeDelta, Utc};

use super::{LEASE, STUCK_AFTER, find, review, wrong_state};
use crate::draft::Draft;
use crate::submit::check_text;
use crate::{
    Access, Actor, EndCause, EndReason, Ending, Flow, Grant, GrantId, GrantState, JobKind, Person,
    Proof, Refusal, Role, Status, Step,
};

/// Whether this person may end what there is of the access: its requester, an admin, or whoever
/// approves under the flow now.
pub fn may_end(access: &Access, by: &Person, flow: Option<&Flow>) -> bool {
    let approver = flow.and_then(Flow::approvers).is_some_and(|people| people.include(by));
    by.id == access.request.requester || by.role == Role::Admin || approver
}

/// A person ends the access.
pub(super) fn end(
    access: &Access,
    by: &Person,
    flow: Option<&Flow>,
    note: &str,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let number = access.request.number;
    if !may_end(access, by, flow) {
        return Err(Refusal::NotYours { number });
    }
    let note = check_text("note", note)?;
    if access.status() == Status::Pending {
        return Err(Refusal::WrongState { number, state: "pending", verb: "ended" });
    }
    let requester = by.id == access.request.requester;
    let reason = if requester { EndReason::Returned } else { EndReason::Revoked };
    let cause = EndCause::End { reason, by: Some(by.id) };
    let by = Actor::from(by);
    let mut draft = Draft::new(access.clone(), now);
    if access.grants.iter().any(|grant| grant.state.wants_account()) {
        draft.ended_by(by.clone(), note);
    }
    Ok(take_all(draft, &cause, &by))
}

/// The requester was deactivated: nothing of theirs stays.
pub(super) fn requester_left(access: &Access, by: &Actor, now: DateTime<Utc>) -> Step {
    if access.status() == Status::Pending {
        return review::take_back(access, by, now);
    }
    let cause = EndCause::End { reason: EndReason::Ineligible, by: by.person() };
    take_all(Draft::new(access.clone(), now), &cause, by)
}

pub(super) fn expire(access: &Access, now: DateTime<Utc>) -> Step {
    match access.deadline() {
        Some(deadline) if now < deadline => {
            // The timer ran early: the clock was set back, or the deadline moved.
            let mut draft = Draft::new(access.clone(), now);
            if access.grants.iter().any(|g| g.state.wants_account()) {
                draft.expire_at(deadline);
            }
            draft.finish(&Actor::System)
        }
        Some(_) | None => {
            let cause = EndCause::End { reason: EndReason::Expired, by: None };
            take_all(Draft::new(access.clone(), now), &cause, &Actor::System)
        }
    }
}

/// Everything that is, or may become, usable goes to `revoking`.
fn take_all(mut draft: Draft, cause: &EndCause, actor: &Actor) -> Step {
    for grant in draft.grants().iter().filter(|g| g.state.wants_account()) {
        take_one(&mut draft, grant, cause.clone(), actor);
    }
    draft.finish(actor)
}

fn take_one(draft: &mut Draft, grant: &Grant, cause: EndCause, actor: &Actor) {
    let ending = Ending {
        since: draft.now(),
        cause,
        before: grant.state.before().cloned(),
        was_active: matches!(grant.state, GrantState::Active { .. }),
    };
    draft.move_grant(grant.id, GrantState::Revoking { ending }, actor);
    draft.grant_job(JobKind::Revoke, grant);
}

/// Repair only ever removes: what was taken away outside is never made again.
pub(super) fn lost(access: &Access, id: GrantId, reason: EndReason, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    let active = access.grant(id).filter(|g| matches!(g.state, GrantState::Active { .. }));
    if let Some(grant) = active {
        let cause = EndCause::End { reason, by: None };
        take_one(&mut draft, grant, cause, &Actor::System);
    }
    draft.finish(&Actor::System)
}

/// Making it failed for good, or is not allowed any more: what may be there is undone.
pub(super) fn give_up(access: &Access, id: GrantId, why: String, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    if let Some(grant) = access.grant(id).filter(|g| g.state.is_being_set_up()) {
        take_one(&mut draft, grant, EndCause::Undo { why }, &Actor::System);
    }
    draft.finish(&Actor::System)
}

pub(super) fn revoke_failing(
    access: &Access,
    id: GrantId,
    error: String,
    now: DateTime<Utc>,
) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    let stuck = access.grant(id).and_then(|grant| {
        if let GrantState::Revoking { ending } = &grant.state {
            return (now - ending.since >= STUCK_AFTER).then_some(ending);
        }
        if let GrantState::RevokeStuck { ending, error: last } = &grant.state {
            return (*last != error).then_some(ending);
        }
        None
    });
    if let Some(ending) = stuck {
        let ending = ending.clone();
        draft.move_grant(id, GrantState::RevokeStuck { ending, error }, &Actor::System);
    }
    draft.finish(&Actor::System)
}

/// It is shown to be gone. One lease later it is read once more: a worker that slept past its own
/// lease may have made it again in between.
pub(super) fn revoked(
    access: &Access,
    id: GrantId,
    proof: Proof,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let grant = find(access, id)?;
    let mut draft = Draft::new(access.clone(), now);
    match &grant.state {
        GrantState::Revoking { ending } | GrantState::RevokeStuck { ending, .. } => {
            let found = ending.before.as_ref().map(|before| before.found);
            let stuck = matches!(grant.state, GrantState::RevokeStuck { .. });
            let (state, failed) = match &ending.cause {
                EndCause::End { reason, .. } => {
                    let (reason, was_active) = (*reason, ending.was_active);
                    (GrantState::Ended { at: now, reason, was_active, proof, found }, stuck)
                }
                EndCause::Undo { why } => {
                    (GrantState::ApplyFailed { at: now, why: why.clone(), found }, true)
                }
            };
            draft.move_grant(id, state, &Actor::System);
            if failed {
                draft.sweep_soon(grant);
            }
            draft.grant_job_at(JobKind::Recheck, grant, now + LEASE + spread(id));
        }
        GrantState::Ended { .. } | GrantState::ApplyFailed { .. } => {}
        GrantState::Scheduled
        | GrantState::Applying { .. }
        | GrantState::Verifying { .. }
        | GrantState::Active { .. } => return Err(wrong_state(access, grant, "ended")),
    }
    Ok(draft.finish(&Actor::System))
}

/// Many grants that end together are not all read again together.
fn spread(id: GrantId) -> TimeDelta {
    let last = id.0.as_bytes().last().copied().unwrap_or(0);
    TimeDelta::milliseconds(i64::from(last) * 100)
}
