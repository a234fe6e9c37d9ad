//! What a request would come to, before it is made: the same decision as when it is.

use std::collections::BTreeMap;

use bellhop_api::{CreateRequest, ExplainQuery, Explanation, Planned, Preview, Refused};
use bellhop_domain::{
    Ask, Facts, FlowInForce, GrantId, Hands, NewNames, Person, RequestId, RequestNumber, Role,
    Span, Step, Target, choose_flow, flow_for, submit,
};
use bellhop_store::{StoreError, Tx, access, people};

use super::targets::{self, advice, nearest, terms};
use super::{App, AppError, Caller, facts, requests, view};

/// How a new request and its grants are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// With the next number and with accounts, to be stored.
    Stored,
    /// With names that nobody ever sees.
    Imagined,
}

/// Decides a new request: under which flow, whether that allows it, and what follows. Everybody who
/// makes a request, or wants to know what it would come to, asks here.
pub(super) async fn decided(
    tx: &mut Tx,
    ask: &Ask,
    (flows, facts): (&[FlowInForce], &Facts),
    naming: Naming,
) -> Result<(FlowInForce, Step), AppError> {
    // Before what is wrong with a system: whoever asks can do nothing about either, but this is why.
    facts.giving()?;
    facts.systems_of(&ask.targets)?;
    let flow = choose_flow(flows, &facts.requester, &ask.targets)?;
    let hands = hands(tx, flow, facts, (&ask.targets, naming)).await?;
    let number = match naming {
        Naming::Stored => access::next_number(tx).await?,
        Naming::Imagined => RequestNumber(0),
    };
    let names = NewNames { id: RequestId(tx.new_id()), number };
    let step = submit(ask, flow, facts, (names, &hands), tx.now())?;
    Ok((flow.clone(), step))
}

/// What only the store knows of a new request: who could be asked, or how its grants are named.
async fn hands(
    tx: &mut Tx,
    flow: &FlowInForce,
    facts: &Facts,
    (targets, naming): (&[Target], Naming),
) -> Result<Hands, StoreError> {
    let mut hands = Hands { approvers: Vec::new(), grants: Vec::new() };
    match (flow.flow.approvers(), naming) {
        (Some(people), _) => {
            for handle in &people.any.users {
                hands.approvers.extend(people::by_handle(tx, handle).await?);
            }
        }
        (None, Naming::Stored) => {
            let systems = targets.iter().filter_map(|t| facts.systems.get(&t.integration));
            let systems: Vec<_> = systems.map(|system| system.id).collect();
            hands.grants = requests::grant_names(tx, facts.requester.id, &systems).await?;
        }
        (None, Naming::Imagined) => {
            let name = |_: &Target| (GrantId(tx.new_id()), String::new());
            hands.grants = targets.iter().map(name).collect();
        }
    }
    Ok(hands)
}

/// What `POST /api/v1/requests` with this body would come to.
pub async fn preview(
    app: &App,
    caller: &Caller,
    input: CreateRequest,
) -> Result<Preview, AppError> {
    let ask = requests::read_ask(app, &caller.person, input).await?;
    let mut tx = app.store.read().await?;
    let person = caller.now(&mut tx).await?.person;
    let flows = app.targets.flows(&mut tx).await?;
    let facts = facts::about_new(app, &mut tx, person).await?;
    let apart = apart(&flows, &facts.requester, &ask.targets);
    let mut planned = Vec::with_capacity(apart.len());
    for targets in apart {
        let ask = Ask { targets, ..ask.clone() };
        planned.push((plan(app, &mut tx, &ask, (&flows, &facts)).await?, ask));
    }
    let whole = match planned.as_slice() {
        [_] => None,
        _ => decided(&mut tx, &ask, (&flows, &facts), Naming::Imagined).await.err(),
    };
    drop(tx);
    let person = &facts.requester;
    let mut requests = Vec::with_capacity(planned.len());
    for ((mut planned, error), ask) in planned {
        planned.refusal = refused(app, person, &ask.targets, error).await?;
        requests.push(planned);
    }
    let refusal = match requests.as_slice() {
        [only] => only.refusal.clone(),
        _ => refused(app, person, &ask.targets, whole).await?,
    };
    Ok(Preview { requests, refusal })
}

/// Targets that one request could name, together; those that no flow allows by themselves.
fn apart(flows: &[FlowInForce], person: &Person, targets: &[Target]) -> Vec<Vec<Target>> {
    if choose_flow(flows, person, targets).is_ok() {
        return vec![targets.to_vec()];
    }
    let mut together: BTreeMap<Option<&str>, Vec<Target>> = BTreeMap::new();
    for target in targets {
        let flow = flow_for(flows, person, target).map(|f| f.flow.id.as_str());
        together.entry(flow).or_default().push(target.clone());
    }
    together.into_values().collect()
}

/// What one request would come to, and why it would not be taken.
async fn plan(
    app: &App,
    tx: &mut Tx,
    ask: &Ask,
    (flows, facts): (&[FlowInForce], &Facts),
) -> Result<(Planned, Option<AppError>), AppError> {
    let person = &facts.requester;
    let refused = match decided(tx, ask, (flows, facts), Naming::Imagined).await {
        Ok(_) => None,
        Err(refusal @ AppError::Refused(_)) => Some(refusal),
        Err(error) => return Err(error),
    };
    let flow = choose_flow(flows, person, &ask.targets).ok();
    let duration = ask.duration.or(flow.map(|f| f.flow.duration.default));
    let taken = duration.filter(|_| refused.is_none());
    let deadline = taken.map(|duration| tx.now() + duration.delta());
    let mut decided_by = Vec::new();
    if let Some(people) = flow.and_then(|f| f.flow.approvers()) {
        decided_by = view::deciders(tx, people, person).await?;
    }
    let planned = Planned {
        targets: ask.targets.iter().map(ToString::to_string).collect(),
        under: flow.map(terms),
        duration_seconds: duration.map(Span::seconds),
        deadline,
        decided_by,
        ends_alone: view::ends_alone_of(app, tx, &ask.targets, deadline).await?,
        refusal: None,
    };
    Ok((planned, refused))
}

/// A refusal, with the names that may have been meant.
async fn refused(
    app: &App,
    person: &Person,
    targets: &[Target],
    error: Option<AppError>,
) -> Result<Option<Refused>, AppError> {
    let Some(error) = error else { return Ok(None) };
    let error = advice::refused(app, person, targets, error).await;
    Ok(Some(Refused { code: error.code(), detail: error.to_string() }))
}

/// Whether somebody may ask for a target, who would decide, and if not, why and who can change it.
pub async fn explain(
    app: &App,
    caller: &Caller,
    query: ExplainQuery,
) -> Result<Explanation, AppError> {
    let mut tx = app.store.read().await?;
    let caller = caller.now(&mut tx).await?.person;
    let is_member = caller.role == Role::Member;
    let person = match &query.person {
        Some(handle) if *handle != caller.handle => other(&mut tx, &caller, handle).await?,
        _ => caller,
    };
    drop(tx);
    let target = targets::whole(app, &person, &query.target).await?;
    let mut tx = app.store.read().await?;
    let flows = app.targets.flows(&mut tx).await?;
    let facts = facts::about_new(app, &mut tx, person).await?;
    // A reason is given: what it says is the requester's affair.
    let reason = "explained".to_owned();
    let ask = Ask { targets: vec![target.clone()], reason, duration: None };
    let (mut plan, error) = plan(app, &mut tx, &ask, (&flows, &facts)).await?;
    // What is in a system is told to those who may ask for it there, and to those who look after it.
    let notes = if is_member && plan.under.is_none() {
        Vec::new()
    } else {
        advice::notes(&mut tx, &facts, &target).await?
    };
    let mut admins = Vec::new();
    if error.is_some() {
        admins = people::handles(&mut tx, Some(Role::Admin), 10).await?;
    }
    drop(tx);
    plan.refusal = refused(app, &facts.requester, &ask.targets, error).await?;
    let person = facts.requester.handle;
    Ok(Explanation { target: target.to_string(), person, plan, notes, ask: admins })
}

/// Somebody else, whom not everybody may ask about.
async fn other(tx: &mut Tx, caller: &Person, handle: &str) -> Result<Person, AppError> {
    /// Whom a misspelt name is compared with.
    const MOST: i64 = 5_000;
    if caller.role == Role::Member {
        let who = &caller.handle;
        return Err(AppError::Forbidden(format!(
            "only admins and auditors may ask about somebody else, and {who} is neither. Leave out \
             --as to ask about yourself"
        )));
    }
    if let Some(found) = people::by_handle(tx, handle).await? {
        return Ok(found);
    }
    let known = people::handles(tx, None, MOST).await?;
    let near = nearest(handle, known.iter().map(String::as_str), 3);
    let handle: String = handle.chars().take(80).collect();
    let near = match near.as_slice() {
        [] => "Somebody is known once they have called Bellhop".to_owned(),
        names => format!("Did you mean {}?", targets::words(names, "or")),
    };
    Err(AppError::NotFound(format!("there is no person \"{handle}\". {near}")))
}
