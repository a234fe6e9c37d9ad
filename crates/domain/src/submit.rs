//! Asking: which flow a request obeys, and whether that flow allows it.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::draft::Draft;
use crate::{
    Access, Actor, Approval, Decision, Flow, FlowVersion, Grant, GrantId, GrantState, JobKind,
    NewJob, Person, ReasonRule, Refusal, Request, RequestId, RequestNumber, Span, Step, Target,
    effect_lane,
};

/// The most targets that one request may name.
pub const MOST_TARGETS: usize = 20;
/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 4_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What.
    pub targets: Vec<Target>,
    /// Why, as typed.
    pub reason: String,
    /// For how long; the flow's default when left out.
    pub duration: Option<Span>,
}

/// A flow with the version that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowInForce {
    /// Its version.
    pub version: i64,
    /// What it says.
    pub flow: Flow,
}

/// Names that the store gives to a new request.
#[derive(Clone, Debug)]
pub struct NewNames {
    /// The request.
    pub id: RequestId,
    /// Its number.
    pub number: RequestNumber,
    /// For each target in order: the grant, and the account that it is given to.
    pub grants: Vec<(GrantId, String)>,
}

/// Picks the one flow under which `person` may ask for all of `targets`.
pub fn choose_flow<'a>(
    flows: &'a [FlowInForce],
    person: &Person,
    targets: &[Target],
) -> Result<&'a FlowInForce, Refusal> {
    let covers_all = |f: &&FlowInForce| targets.iter().all(|t| f.flow.covers(t));
    let admitting: Vec<_> = flows.iter().filter(|f| f.flow.admits(person)).collect();
    if let Some(&found) = admitting.iter().find(|f| covers_all(f)) {
        return Ok(found);
    }
    let who = &person.handle;
    let uncovered = targets.iter().find(|t| !admitting.iter().any(|f| f.flow.covers(t)));
    Err(Refusal::NotEntitled(match uncovered {
        None => "these targets fall under different flows, and a request obeys exactly one. \
                 Ask for them in separate requests"
            .to_owned(),
        Some(target) => match flows.iter().find(|f| f.flow.covers(target)) {
            Some(other) => format!(
                "no flow lets {who} request {target}. The flow \"{}\" covers it for other people; \
                 an admin can add {who} to its requesters",
                other.flow.id
            ),
            None => format!(
                "no flow covers {target}. Check its spelling, or ask an admin to add it to a flow"
            ),
        },
    }))
}

/// Decides a new request under `flow`.
pub fn submit(
    ask: Ask,
    person: &Person,
    flow: &FlowInForce,
    names: NewNames,
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    check_targets(&ask.targets)?;
    let rules = &flow.flow;
    if !rules.admits(person) || !ask.targets.iter().all(|t| rules.covers(t)) {
        let what = format!("the flow \"{}\" does not let {} ask for this", rules.id, person.handle);
        return Err(Refusal::NotEntitled(what));
    }
    let reason = check_reason(&ask.reason, rules)?;
    let duration = check_duration(ask.duration, rules)?;
    let Approval::Automatic = rules.approval;
    let deadline = now + duration.delta();

    let request = Request {
        id: names.id,
        number: names.number,
        requester: person.id,
        flow: FlowVersion { id: rules.id.clone(), version: flow.version },
        reason,
        duration,
        submitted_at: now,
        version: 1,
        decision: Decision::Approved { at: now, deadline },
    };
    let grants = ask
        .targets
        .into_iter()
        .zip(names.grants)
        .map(|(target, (id, account))| Grant {
            id,
            target,
            account,
            version: 1,
            state: GrantState::Scheduled,
        })
        .collect();
    Ok(announce(&Access { request, grants }, person, now))
}

/// The audit rows and jobs of a request that was just approved.
fn announce(access: &Access, person: &Person, now: DateTime<Utc>) -> Step {
    let request = &access.request;
    let deadline = access.deadline();
    let asked = json!({
        "state": "submitted",
        "flow": request.flow,
        "reason": request.reason,
        "duration_seconds": request.duration.seconds(),
        "targets": access.grants.iter().map(|g| g.target.to_string()).collect::<Vec<_>>(),
    });
    let approved = json!({ "state": "granting", "approved_by": "flow", "deadline": deadline });
    let mut draft = Draft::new(access.clone(), now);
    draft.request_event("request.submitted", Actor::from(person), None, asked);
    draft.request_event(
        "request.approved",
        Actor::System,
        Some(json!({ "state": "submitted" })),
        approved,
    );
    for grant in &access.grants {
        draft.grant_event("grant.scheduled", grant, Actor::System, None);
        draft.job(NewJob {
            kind: JobKind::Apply,
            request: request.id,
            grant: Some(grant.id),
            lane: effect_lane(&grant.target, &grant.account),
            run_at: now,
        });
    }
    draft.expire_at(deadline);
    draft.into_new()
}

fn check_targets(targets: &[Target]) -> Result<(), Refusal> {
    if targets.is_empty() || targets.len() > MOST_TARGETS {
        return Err(Refusal::BadTargets(format!(
            "a request names 1 to {MOST_TARGETS} targets, and this one names {}",
            targets.len()
        )));
    }
    let twice = targets.iter().enumerate().find(|(i, t)| targets.iter().take(*i).any(|u| u == *t));
    match twice {
        Some((_, target)) => Err(Refusal::BadTargets(format!("{target} is named twice"))),
        None => Ok(()),
    }
}

fn check_reason(typed: &str, flow: &Flow) -> Result<String, Refusal> {
    let reason = typed.trim();
    if reason.is_empty() && flow.reason == ReasonRule::Required {
        return Err(Refusal::ReasonMissing { flow: flow.name.clone() });
    }
    let length = reason.chars().count();
    if length > LONGEST_REASON {
        return Err(Refusal::BadText(format!(
            "the reason has {length} characters, and {LONGEST_REASON} are the most. Shorten it"
        )));
    }
    if reason.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::BadText(
            "the reason has control characters in it. Type it as plain text".to_owned(),
        ));
    }
    Ok(reason.to_owned())
}

fn check_duration(asked: Option<Span>, flow: &Flow) -> Result<Span, Refusal> {
    let asked = asked.unwrap_or(flow.duration.default);
    if asked > flow.duration.max {
        let max = flow.duration.max;
        return Err(Refusal::TooLong { asked, flow: flow.name.clone(), max });
    }
    Ok(asked)
}
