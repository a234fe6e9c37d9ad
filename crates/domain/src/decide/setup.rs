//! The way up: from scheduled to usable, and never after the deadline.

use chrono::{DateTime, Utc};

use super::{ending, find, wrong_state};
use crate::draft::Draft;
use crate::{
    Access, Actor, Approval, Before, Facts, Grant, GrantId, GrantState, JobKind, Proof, Refusal,
    Step,
};

/// A worker begins to make a grant, or begins anew after a crash. Everything that the approval
/// stood on has to hold now; if not, nothing is made and what may be there is undone.
pub(super) fn start(
    access: &Access,
    id: GrantId,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let begun = moved(access, id, now, |grant| {
        let scheduled = grant.state == GrantState::Scheduled;
        scheduled.then_some(GrantState::Applying { since: now, before: None })
    })?;
    match still_allowed(access, facts) {
        Ok(()) => Ok(begun),
        Err(refusal) => Ok(ending::give_up(access, id, refusal.to_string(), now)),
    }
}

/// At the moment of the act: the person, the target, the duration and every approver.
fn still_allowed(access: &Access, facts: &Facts) -> Result<(), Refusal> {
    let number = access.request.number;
    let flow = &facts.allow(&access.request)?.flow;
    facts.giving()?;
    let by_a_person = access.approved().and_then(|approved| approved.by.person());
    let no = |why| Err(Refusal::NoLongerAllowed { number, why });
    match (&flow.approval, by_a_person, &facts.approver) {
        (Approval::Automatic, _, _) => Ok(()),
        (Approval::People(people), Some(id), Some(approver)) if approver.id == id => {
            if people.may_decide(approver, &facts.requester) {
                return Ok(());
            }
            let who = &approver.handle;
            no(format!("{who}, who approved it, is no approver of the flow \"{}\" now", flow.id))
        }
        (Approval::People(_), Some(_), _) => no("whoever approved it is gone".to_owned()),
        (Approval::People(_), None, _) => {
            no(format!("the flow \"{}\" asks people by now, and nobody was asked", flow.id))
        }
    }
}

/// What was there before the first effect. What was read first stays: after a lost reply a second
/// read would see our own.
pub(super) fn observed(
    access: &Access,
    id: GrantId,
    before: Before,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let unchanged = moved(access, id, now, |_| None)?;
    let GrantState::Applying { since, before: None } = find(access, id)?.state else {
        return Ok(unchanged);
    };
    let mut draft = Draft::new(access.clone(), now);
    let state = GrantState::Applying { since, before: Some(before) };
    draft.move_grant_as("grant.observed", id, state, &Actor::System);
    Ok(draft.finish(&Actor::System))
}

/// The access was made.
pub(super) fn applied(access: &Access, id: GrantId, now: DateTime<Utc>) -> Result<Step, Refusal> {
    let grant = find(access, id)?;
    let mut step = moved(access, id, now, |grant| {
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

/// A probe as the grantee succeeded.
pub(super) fn verified(
    access: &Access,
    id: GrantId,
    proof: Proof,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    moved(access, id, now, |grant| {
        let GrantState::Verifying { before, .. } = &grant.state else {
            return None;
        };
        Some(GrantState::Active { since: now, before: before.clone(), proof })
    })
}

/// A move on the way up: only while the grant is being set up, and never after the deadline.
fn moved(
    access: &Access,
    id: GrantId,
    now: DateTime<Utc>,
    next: impl FnOnce(&Grant) -> Option<GrantState>,
) -> Result<Step, Refusal> {
    let grant = find(access, id)?;
    if !grant.state.wants_account() {
        return Err(wrong_state(access, grant, "set up"));
    }
    if access.is_past(now) {
        return Err(Refusal::PastDeadline { number: access.request.number });
    }
    let mut draft = Draft::new(access.clone(), now);
    if let Some(state) = next(grant) {
        draft.move_grant(id, state, &Actor::System);
    }
    Ok(draft.finish(&Actor::System))
}
