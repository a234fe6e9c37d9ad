//! Decisions by people: approve, deny, withdraw, and what happens when nobody decides.

use chrono::{DateTime, Utc};

use super::extend;
use crate::draft::Draft;
use crate::submit::check_text;
use crate::{
    Access, Actor, Answer, Approval, Decision, Facts, FlowVersion, GrantId, Identity, Person,
    Refusal, Request, Seen, Span, Step,
};

/// What an approver says about a request, or about an extension of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Who, as known at this moment.
    pub by: Person,
    /// The identity that they act under; how it came to be linked counts.
    pub via: Identity,
    /// The content that they were shown.
    pub seen: Seen,
    /// Why, in their words.
    pub note: String,
    /// What they say.
    pub verdict: Verdict,
    /// For how long, where they approve less than was asked for.
    pub shorter: Option<Span>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Deny,
}

/// Decides a pending request or extension. `grants` names what an approval makes: for each target
/// in order the grant, and the account that it is given to.
pub(super) fn review(
    access: &Access,
    review: &Review,
    facts: &Facts,
    grants: &[(GrantId, String)],
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let request = &access.request;
    if said_before(request, review) {
        return Ok(Draft::new(access.clone(), now).into_new());
    }
    may_decide(request, review, facts)?;
    still_open(request, now)?;
    if review.seen != request.seen() {
        return Err(Refusal::ContentChanged { number: request.number });
    }
    let note = check_text("note", &review.note)?;
    let shorter = check_shorter(request, review)?;
    let by = Actor::from(&review.by);
    if let Decision::Approved(approved) = &request.decision {
        return extend::decided(access, approved, (review.verdict, note), (facts, by), now);
    }
    let mut draft = Draft::new(access.clone(), now);
    match review.verdict {
        Verdict::Approve => {
            same_version(request, facts)?;
            facts.may_give(request)?;
            draft.approve(by.clone(), (note, shorter), grants);
        }
        Verdict::Deny => {
            draft.close(Decision::Denied { at: now, by: by.clone(), note }, by.clone());
        }
    }
    Ok(draft.finish(&by))
}

/// An approver may give less time than was asked for, never more; and only with a yes to the request
/// itself. As much as was asked for is nothing of its own.
fn check_shorter(request: &Request, review: &Review) -> Result<Option<Span>, Refusal> {
    let Some(given) = review.shorter else { return Ok(None) };
    let (number, asked) = (request.number, request.duration);
    let pending = matches!(request.decision, Decision::Pending { .. });
    if review.verdict == Verdict::Deny || !pending || given > asked {
        return Err(Refusal::NotShorter { number, asked, given });
    }
    Ok((given < asked).then_some(given))
}

/// Whether this very person decided just this before: repeating oneself changes nothing.
fn said_before(request: &Request, review: &Review) -> bool {
    let said = match &request.decision {
        Decision::Approved(approved) => match approved.extension.as_ref().map(|e| &e.answer) {
            None => Some((Verdict::Approve, &approved.by)),
            Some(Answer::Approved { by, .. }) => Some((Verdict::Approve, by)),
            Some(Answer::Denied { by, .. }) => Some((Verdict::Deny, by)),
            Some(Answer::Pending { .. } | Answer::Lapsed { .. }) => None,
        },
        Decision::Denied { by, .. } => Some((Verdict::Deny, by)),
        Decision::Pending { .. } | Decision::Withdrawn { .. } | Decision::Lapsed { .. } => None,
    };
    said.is_some_and(|(verdict, by)| verdict == review.verdict && by.person() == Some(review.by.id))
}

/// Whether the person may decide about this request now, by the flow in force now.
fn may_decide(request: &Request, review: &Review, facts: &Facts) -> Result<(), Refusal> {
    let number = request.number;
    let flow = request.flow.id.clone();
    let Some(in_force) = &facts.flow else {
        let why = format!("the flow \"{flow}\" is not in force any more");
        return Err(Refusal::NoLongerAllowed { number, why });
    };
    let Approval::People(people) = &in_force.flow.approval else {
        return Err(Refusal::NotApprover { number, flow, named: Vec::new() });
    };
    if !people.include(&review.by) {
        return Err(Refusal::NotApprover { number, flow, named: people.any.users.clone() });
    }
    if !people.may_decide(&review.by, &facts.requester) {
        return Err(Refusal::OwnRequest { number });
    }
    let requester = facts.requester.human();
    let planted = review.via.linked_by == Some(requester)
        && review.via.linked_at >= request.submitted_at
        && review.by.id != requester;
    if planted {
        let provider = review.via.provider.clone();
        return Err(Refusal::LinkedByRequester { number, provider });
    }
    Ok(())
}

/// Whether there is something to decide, and still time to.
fn still_open(request: &Request, now: DateTime<Utc>) -> Result<(), Refusal> {
    let number = request.number;
    let already = |what, by: &Actor, at| {
        Err(Refusal::AlreadyDecided { number, what, by: by.name().to_owned(), at })
    };
    let lapses_at = match &request.decision {
        Decision::Pending { lapses_at } => *lapses_at,
        Decision::Approved(approved) => match approved.extension.as_ref().map(|e| &e.answer) {
            Some(Answer::Pending { lapses_at }) => *lapses_at,
            Some(Answer::Approved { at, by, .. }) => return already("extended", by, *at),
            Some(Answer::Denied { at, by, .. }) => return already("denied more time", by, *at),
            Some(Answer::Lapsed { at }) => {
                return Err(Refusal::Lapsed { number, lapsed_at: *at });
            }
            None => return already("approved", &approved.by, approved.at),
        },
        Decision::Denied { by, at, .. } => return already("denied", by, *at),
        Decision::Withdrawn { by, at } => return already("withdrawn", by, *at),
        Decision::Lapsed { at } => return Err(Refusal::Lapsed { number, lapsed_at: *at }),
    };
    // The clean-up job may not have run yet; the clock decides.
    if now >= lapses_at {
        return Err(Refusal::Lapsed { number, lapsed_at: lapses_at });
    }
    Ok(())
}

/// An approval counts for the flow version that it was asked for under, and for no other.
fn same_version(request: &Request, facts: &Facts) -> Result<(), Refusal> {
    let in_force = facts.allow(request)?;
    if in_force.version == request.flow.version {
        return Ok(());
    }
    Err(Refusal::ContentChanged { number: request.number })
}

/// The requester takes a request back that nobody decided yet.
pub(super) fn withdraw(access: &Access, by: &Person, now: DateTime<Utc>) -> Result<Step, Refusal> {
    let request = &access.request;
    if by.id != request.requester {
        return Err(Refusal::NotYours { number: request.number });
    }
    match &request.decision {
        Decision::Pending { .. } => Ok(take_back(access, &Actor::from(by), now)),
        Decision::Withdrawn { .. } => Ok(Draft::new(access.clone(), now).into_new()),
        Decision::Approved(_) | Decision::Denied { .. } | Decision::Lapsed { .. } => {
            let (number, state) = (request.number, access.status().name());
            Err(Refusal::WrongState { number, state, verb: "withdrawn" })
        }
    }
}

/// A pending request is closed as taken back.
pub(super) fn take_back(access: &Access, by: &Actor, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    draft.close(Decision::Withdrawn { at: now, by: by.clone() }, by.clone());
    draft.finish(by)
}

/// Nobody decided in time.
pub(super) fn lapse(access: &Access, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    match &access.request.decision {
        Decision::Pending { lapses_at } if now < *lapses_at => draft.lapse_at(*lapses_at),
        Decision::Pending { .. } => draft.close(Decision::Lapsed { at: now }, Actor::System),
        Decision::Approved(approved) => extend::lapse(&mut draft, approved, now),
        Decision::Denied { .. } | Decision::Withdrawn { .. } | Decision::Lapsed { .. } => {}
    }
    draft.finish(&Actor::System)
}

/// The flow was changed: a pending request goes on under the version in force, and whoever looked
/// at it before has to look again.
pub(super) fn flow_changed(access: &Access, facts: &Facts, now: DateTime<Utc>) -> Step {
    let mut draft = Draft::new(access.clone(), now);
    let request = &access.request;
    if let (Decision::Pending { .. }, Some(in_force)) = (&request.decision, &facts.flow)
        && in_force.version != request.flow.version
    {
        let id = request.flow.id.clone();
        draft.rebind(FlowVersion { id, version: in_force.version });
    }
    draft.finish(&Actor::System)
}
