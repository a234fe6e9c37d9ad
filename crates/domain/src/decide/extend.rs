//! More time for access that is in use: within the flow's maximum, counted from the approval.

use chrono::{DateTime, Utc};

use super::Verdict;
use crate::draft::Draft;
use crate::{
    Access, Actor, Answer, Approval, Approved, Extension, Facts, Flow, GrantState, JobKind, Person,
    Refusal, Request, Span, Step,
};

/// The requester asks for more time: at once under an automatic flow, else somebody decides.
pub(super) fn ask(
    access: &Access,
    by: &Person,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let request = &access.request;
    if by.id != request.requester {
        return Err(Refusal::NotYours { number: request.number });
    }
    let approved = in_use(access, now)?;
    if approved.waiting().is_some() {
        // Asked for already.
        return Ok(Draft::new(access.clone(), now).into_new());
    }
    let flow = &facts.allow(request)?.flow;
    facts.may_give(request)?;
    let span = rule(request, approved, flow)?;
    longer(request, approved, flow, span)?;
    let by = Actor::from(by);
    let mut draft = Draft::new(access.clone(), now);
    match &flow.approval {
        Approval::Automatic => {
            let answer = Answer::Approved { at: now, by: Actor::System, note: String::new() };
            let extension = Extension { asked_at: now, by: span, answer };
            prolong(&mut draft, approved, flow, (extension, by.clone()))?;
        }
        Approval::People(people) => {
            let lapses_at = approved.deadline.min(now + people.lapse_after.delta());
            let answer = Answer::Pending { lapses_at };
            let extension = Some(Extension { asked_at: now, by: span, answer });
            let approved = Approved { extension, ..approved.clone() };
            draft.change_approval("request.extension_asked", approved, by.clone());
            draft.lapse_at(lapses_at);
        }
    }
    Ok(draft.finish(&by))
}

/// An approver answers; that they may was seen to.
pub(super) fn decided(
    access: &Access,
    approved: &Approved,
    (verdict, note): (Verdict, String),
    (facts, by): (&Facts, Actor),
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    in_use(access, now)?;
    let Some((extension, _)) = approved.waiting() else {
        return Ok(Draft::new(access.clone(), now).into_new());
    };
    let mut draft = Draft::new(access.clone(), now);
    match verdict {
        Verdict::Approve => {
            let flow = &facts.allow(&access.request)?.flow;
            facts.may_give(&access.request)?;
            rule(&access.request, approved, flow)?;
            let answer = Answer::Approved { at: now, by: by.clone(), note };
            let extension = Extension { answer, ..extension.clone() };
            prolong(&mut draft, approved, flow, (extension, by.clone()))?;
        }
        Verdict::Deny => {
            let denied = approved.answered(Answer::Denied { at: now, by: by.clone(), note });
            draft.change_approval("request.extension_denied", denied, by.clone());
        }
    }
    Ok(draft.finish(&by))
}

/// Nobody answered in time; access goes on to its old deadline.
pub(super) fn lapse(draft: &mut Draft, approved: &Approved, now: DateTime<Utc>) {
    match approved.waiting() {
        Some((_, lapses_at)) if now < lapses_at => draft.lapse_at(lapses_at),
        Some(_) => draft.lapse_extension(approved),
        None => {}
    }
}

/// Only access that works now can last longer.
fn in_use(access: &Access, now: DateTime<Utc>) -> Result<&Approved, Refusal> {
    let number = access.request.number;
    match access.approved() {
        Some(approved) if access.open() > 0 => {
            if now >= approved.deadline {
                return Err(Refusal::PastDeadline { number });
            }
            Ok(approved)
        }
        Some(_) | None => {
            let state = access.status().name();
            Err(Refusal::WrongState { number, state, verb: "extended" })
        }
    }
}

/// By how much the flow lets it be extended once more.
fn rule(request: &Request, approved: &Approved, flow: &Flow) -> Result<Span, Refusal> {
    let number = request.number;
    let no = |why: String| Err(Refusal::NoExtension { number, why });
    match flow.extend {
        None => no(format!("the flow \"{}\" does not extend", flow.name)),
        Some(rule) if approved.extended >= rule.times => {
            let (name, times) = (&flow.name, rule.times);
            let times = if times == 1 { "once".to_owned() } else { format!("{times} times") };
            no(format!("the flow \"{name}\" extends {times} at most"))
        }
        Some(rule) => Ok(rule.by),
    }
}

/// The later deadline, never past the flow's maximum.
fn longer(
    request: &Request,
    approved: &Approved,
    flow: &Flow,
    span: Span,
) -> Result<DateTime<Utc>, Refusal> {
    let max = flow.duration.max;
    let deadline = (approved.deadline + span.delta()).min(approved.at + max.delta());
    if deadline > approved.deadline {
        return Ok(deadline);
    }
    let why = format!("it lasts {max} already, the most that the flow \"{}\" allows", flow.name);
    Err(Refusal::NoExtension { number: request.number, why })
}

/// Moves the deadline. The timer of the old one finds that it is early, and goes on to the new.
fn prolong(
    draft: &mut Draft,
    approved: &Approved,
    flow: &Flow,
    (extension, by): (Extension, Actor),
) -> Result<(), Refusal> {
    let deadline = longer(draft.request(), approved, flow, extension.by)?;
    let extended = approved.extended + 1;
    let later = Approved { deadline, extended, extension: Some(extension), ..approved.clone() };
    draft.change_approval("request.extended", later, by);
    let active = |state: &GrantState| matches!(state, GrantState::Active { .. });
    for grant in draft.grants().into_iter().filter(|g| active(&g.state)) {
        draft.grant_job(JobKind::Extend, &grant);
    }
    Ok(())
}
