//! The one decision function: what a command does to a request, at a given time.

use chrono::{DateTime, TimeDelta, Utc};

use crate::draft::Draft;
use crate::{
    Access, Actor, Before, EndCause, EndReason, Ending, Grant, GrantId, GrantState, JobKind,
    Person, Proof, Refusal, Role, Step,
};

/// Setting up gives up after this long and is undone.
pub const SETUP_LIMIT: TimeDelta = TimeDelta::minutes(10);
/// A revocation that fails for this long is shown as "May still be open".
pub const STUCK_AFTER: TimeDelta = TimeDelta::seconds(30);

/// What somebody, a timer or a worker wants to happen to a request.
#[derive(Clone, Debug)]
pub enum Command {
    /// A person ends the access.
    End {
        /// Who.
        by: Person,
    },
    /// The deadline came.
    Expire,
    /// A worker begins to make a grant.
    Start(GrantId),
    /// A worker read what is there, before the first effect.
    Observed(GrantId, Before),
    /// A worker made the access.
    Applied(GrantId),
    /// A probe as the grantee succeeded.
    Verified(GrantId, Proof),
    /// Making the access failed for good: undo it.
    GiveUp(GrantId, String),
    /// A try to take the access away failed.
    RevokeFailing(GrantId, String),
    /// The access is shown to be gone.
    Revoked(GrantId, Proof),
    /// A sweep found that an active grant was removed or changed outside, or its target deleted.
    Lost(GrantId, EndReason),
}

/// What `command` does to `access` at `now`. A command that finds its work done already changes
/// nothing and is no error: workers repeat themselves after a crash.
pub fn decide(access: &Access, command: Command, now: DateTime<Utc>) -> Result<Step, Refusal> {
    match command {
        Command::End { by } => end(access, &by, now),
        Command::Expire => Ok(expire(access, now)),
        Command::Start(id) => setting_up(access, id, now, |grant| {
            let scheduled = grant.state == GrantState::Scheduled;
            scheduled.then_some(GrantState::Applying { since: now, before: None })
        }),
        Command::Observed(id, before) => observed(access, id, before, now),
        Command::Applied(id) => applied(access, id, now),
        Command::Verified(id, proof) => setting_up(access, id, now, |grant| {
            let GrantState::Verifying { before, .. } = &grant.state else {
                return None;
            };
            Some(GrantState::Active { since: now, before: before.clone(), proof })
        }),
        Command::GiveUp(id, why) => Ok(give_up(access, id, why, now)),
        Command::RevokeFailing(id, error) => Ok(revoke_failing(access, id, error, now)),
        Command::Revoked(id, proof) => revoked(access, id, proof, now),
        Command::Lost(id, reason) => Ok(lost(access, id, reason, now)),
    }
}

/// A move on the way up: only while the grant is being set up, and never after the deadline.
fn setting_up(
    access: &Access,
    id: GrantId,
    now: DateTime<Utc>,
    next: impl FnOnce(&Grant) -> Option<GrantState>,
) -> Result<Step, Refusal> {
    let grant = find(access, id)?;
    if !grant.state.wants_account() {
        return Err(wrong_state(access, grant, "set up"));
    }
    if now >= access.deadline() {
        return Err(Refusal::PastDeadline { number: access.request.number });
    }
    let mut draft = Draft::new(access.clone(), now);
    if let Some(state) = next(grant) {
        draft.move_grant(id, state, &Actor::System);
    }
    Ok(draft.finish(&Actor::System))
}

/// What was there before the first effect. What was read first stays: after a lost reply a second
/// read would see our own.
fn observed(
    access: &Access,
    id: GrantId,
    before: Before,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let unchanged = setting_up(access, id, now, |_| None)?;
    let GrantState::Applying { since, before: None } = find(access, id)?.state else {
        return Ok(unchanged);
    };
    let mut draft = Draft::new(access.clone(), now);
    let state = GrantState::Applying { since, before: Some(before) };
    draft.move_grant_as("grant.observed", id, state, &Actor::System);
    Ok(draft.finish(&Actor::System))
}

fn applied(access: &Access, id: GrantId, now: DateTime<Utc>) -> Result<Step, Refusal> {
    let grant = find(access, id)?;
    let mut step = setting_up(access, id, now, |grant| {
        let GrantState::Applying { since, before: Some(before) } = &grant.state else {
            return None;
        };
        Some(GrantState::Verifying { since: *since, before: before.clone() })
    })?;
    if step.next != *access {
        let mut draft = Draft::new(step.next.clone(), now);
        draft.grant_job(JobKind::Verify, grant);
        step.jobs = draft.into_new().jobs;
    }
    Ok(step)
}

fn end(access: &Access, by: &Person, now: DateTime<Utc>) -> Result<Step, Refusal> {
    let requester = by.id == access.request.requester;
    if !requester && by.role != Role::Admin {
        return Err(Refusal::NotYours { number: access.request.number });
    }
    let reason = if requester { EndReason::Returned } else { EndReason::Revoked };
    let cause = EndCause::End { reason, by: Some(by.id) };
    Ok(take_away(access, &cause, &Actor::from(by), now))
}

fn expire(access: &Access, now: DateTime<Utc>) -> Step {
    let deadline = access.deadline();
    if now < deadline {
        // The timer ran early, because the clock was set back or the deadline moved.
        let mut draft = Draft::new(access.clone(), now);
        draft.expire_at(deadline);
        return draft.finish(&Actor::System);
    }
    let cause = EndCause::End { reason: EndReason::Expired, by: None };
    take_away(access, &cause, &Actor::System, now)
}

/// Everything that is, or may become, usable goes to `revoking`.
fn take_away(access: &Access, cause: &EndCause, actor: &Actor, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    for grant in access.grants.iter().filter(|g| g.state.wants_account()) {
        take_one(&mut draft, grant, cause.clone(), actor, now);
    }
    draft.finish(actor)
}

fn take_one(draft: &mut Draft, grant: &Grant, cause: EndCause, actor: &Actor, now: DateTime<Utc>) {
    let ending = Ending {
        since: now,
        cause,
        before: grant.state.before().cloned(),
        was_active: matches!(grant.state, GrantState::Active { .. }),
    };
    draft.move_grant(grant.id, GrantState::Revoking { ending }, actor);
    draft.grant_job(JobKind::Revoke, grant);
}

/// Repair only ever removes: what was taken away outside is never made again.
fn lost(access: &Access, id: GrantId, reason: EndReason, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    let active = access.grant(id).filter(|g| matches!(g.state, GrantState::Active { .. }));
    if let Some(grant) = active {
        let cause = EndCause::End { reason, by: None };
        take_one(&mut draft, grant, cause, &Actor::System, now);
    }
    draft.finish(&Actor::System)
}

fn give_up(access: &Access, id: GrantId, why: String, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    if let Some(grant) = access.grant(id).filter(|g| g.state.is_being_set_up()) {
        take_one(&mut draft, grant, EndCause::Undo { why }, &Actor::System, now);
    }
    draft.finish(&Actor::System)
}

fn revoke_failing(access: &Access, id: GrantId, error: String, now: DateTime<Utc>) -> Step {
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

fn revoked(
    access: &Access,
    id: GrantId,
    proof: Proof,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let grant = find(access, id)?;
    let mut draft = Draft::new(access.clone(), now);
    match &grant.state {
        GrantState::Revoking { ending } | GrantState::RevokeStuck { ending, .. } => {
            let state = match &ending.cause {
                EndCause::End { reason, .. } => GrantState::Ended {
                    at: now,
                    reason: *reason,
                    was_active: ending.was_active,
                    proof,
                },
                EndCause::Undo { why } => GrantState::ApplyFailed { at: now, why: why.clone() },
            };
            draft.move_grant(id, state, &Actor::System);
        }
        GrantState::Ended { .. } | GrantState::ApplyFailed { .. } => {}
        GrantState::Scheduled
        | GrantState::Applying { .. }
        | GrantState::Verifying { .. }
        | GrantState::Active { .. } => return Err(wrong_state(access, grant, "ended")),
    }
    Ok(draft.finish(&Actor::System))
}

fn find(access: &Access, id: GrantId) -> Result<&Grant, Refusal> {
    access.grant(id).ok_or(Refusal::WrongState {
        number: access.request.number,
        state: "without that grant",
        verb: "changed",
    })
}

fn wrong_state(access: &Access, grant: &Grant, verb: &'static str) -> Refusal {
    Refusal::WrongState { number: access.request.number, state: grant.state.name(), verb }
}
