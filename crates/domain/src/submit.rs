//! Asking: which flow a request obeys, and whether that flow allows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::draft::Draft;
use crate::{
    Access, Actor, Approval, Decision, Facts, Flow, FlowVersion, GrantId, People, Person,
    ReasonRule, Refusal, Request, RequestId, RequestNumber, Span, Step, Target,
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
#[derive(Clone, Copy, Debug)]
pub struct NewNames {
    /// The request.
    pub id: RequestId,
    /// Its number.
    pub number: RequestNumber,
}

/// Who may be asked, and how a grant is named: what only the store knows.
#[derive(Clone, Debug)]
pub struct Hands {
    /// Everybody that the flow names as an approver and the store knows.
    pub approvers: Vec<Person>,
    /// For each target in order: the grant, and the account that it is given to. Needed when
    /// nobody has to be asked.
    pub grants: Vec<(GrantId, String)>,
}

/// The flow under which `person` may ask for `target` alone.
pub fn flow_for<'a>(
    flows: &'a [FlowInForce],
    person: &Person,
    target: &Target,
) -> Option<&'a FlowInForce> {
    flows.iter().find(|f| f.flow.admits(person) && f.flow.covers(target))
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
        None => apart(flows, person, targets),
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

/// Which of them go together, when not all do.
fn apart(flows: &[FlowInForce], person: &Person, targets: &[Target]) -> String {
    let mut together: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for target in targets {
        let flow = flow_for(flows, person, target).map_or("", |f| f.flow.id.as_str());
        together.entry(flow).or_default().push(target.to_string());
    }
    let each = together.iter().map(|(flow, targets)| format!("{flow}: {}", targets.join(", ")));
    format!(
        "these targets fall under different flows, and a request obeys exactly one. Ask for them \
         in separate requests: {}",
        each.collect::<Vec<_>>().join("; ")
    )
}

/// Decides a new request under `flow`: it is approved at once, or waits for somebody.
pub fn submit(
    ask: &Ask,
    flow: &FlowInForce,
    facts: &Facts,
    (names, hands): (NewNames, &Hands),
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let person = &facts.requester;
    check_targets(&ask.targets)?;
    let rules = &flow.flow;
    if !rules.admits(person) || !ask.targets.iter().all(|t| rules.covers(t)) {
        let what = format!("the flow \"{}\" does not let {} ask for this", rules.id, person.handle);
        return Err(Refusal::NotEntitled(what));
    }
    facts.giving()?;
    let wanted = facts.systems_of(&ask.targets)?;
    let reason = check_reason(&ask.reason, rules)?;
    let duration = check_duration(ask.duration, rules)?;
    let request = Request {
        id: names.id,
        number: names.number,
        requester: person.id,
        flow: FlowVersion { id: rules.id.clone(), version: flow.version },
        wanted,
        reason,
        duration,
        submitted_at: now,
        version: 1,
        // An automatic flow's approval follows in the same step.
        decision: Decision::Pending { lapses_at: now },
    };
    let mut draft = Draft::new(Access { request, grants: Vec::new() }, now);
    match &rules.approval {
        Approval::Automatic => {
            draft.submitted(Actor::from(person));
            draft.approve(Actor::System, (String::new(), None), &hands.grants);
        }
        Approval::People(people) => {
            somebody_decides(people, rules, person, &hands.approvers)?;
            draft.waits_until(now + people.lapse_after.delta());
            draft.submitted(Actor::from(person));
        }
    }
    Ok(draft.into_new())
}

/// A request that nobody could ever approve is not taken.
fn somebody_decides(
    people: &People,
    flow: &Flow,
    requester: &Person,
    known: &[Person],
) -> Result<(), Refusal> {
    if known.iter().any(|person| people.may_decide(person, requester)) {
        return Ok(());
    }
    Err(Refusal::NobodyDecides { flow: flow.name.clone(), named: people.any.users.clone() })
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
    let reason = check_text("reason", typed)?;
    if reason.is_empty() && flow.reason == ReasonRule::Required {
        return Err(Refusal::ReasonMissing { flow: flow.name.clone() });
    }
    Ok(reason)
}

/// What people write, without what nobody can see.
pub(crate) fn check_text(what: &str, typed: &str) -> Result<String, Refusal> {
    let text = typed.trim();
    let length = text.chars().count();
    if length > LONGEST_REASON {
        return Err(Refusal::BadText(format!(
            "the {what} has {length} characters, and {LONGEST_REASON} are the most. Shorten it"
        )));
    }
    if text.chars().any(is_hidden) {
        return Err(Refusal::BadText(format!(
            "the {what} has characters in it that nobody can see or that turn text around. Type \
             it as plain text"
        )));
    }
    Ok(text.to_owned())
}

/// Control characters, and those that reorder or hide what an approver reads.
fn is_hidden(c: char) -> bool {
    let hidden = matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    hidden || (c.is_control() && c != '\n' && c != '\t')
}

fn check_duration(asked: Option<Span>, flow: &Flow) -> Result<Span, Refusal> {
    let asked = asked.unwrap_or(flow.duration.default);
    if asked > flow.duration.max {
        let max = flow.duration.max;
        return Err(Refusal::TooLong { asked, flow: flow.name.clone(), max });
    }
    Ok(asked)
}
