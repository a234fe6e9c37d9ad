//! Requests: create, show, list, end.

use std::cmp::Reverse;

use bellhop_api::{self as wire, CreateRequest, ListQuery, RequestList};
use bellhop_domain::{
    Access, Ask, Command, Facts, Flow, FlowInForce, GrantId, Hands, IntegrationId, NewNames,
    Person, PersonId, Request, RequestId, RequestNumber, Role, Span, Step, Target, choose_flow,
    decide, submit,
};
use bellhop_store::access::{self, Which};
use bellhop_store::list::{self, Filter, Listed, Whose};
use bellhop_store::{StoreError, Tx, accounts, flows, people};

use super::{App, AppError, Caller, facts, once, view};

/// Asks for access, in one transaction: which flow, whether it allows it, and what follows.
pub async fn create(
    app: &App,
    caller: &Caller,
    input: CreateRequest,
) -> Result<wire::Request, AppError> {
    let ask = read_ask(input)?;
    let mut tx = app.store.write().await?;
    let caller = caller.now(&mut tx).await?;
    if let Some(before) = once::answered(&mut tx, &caller).await? {
        return Ok(before);
    }
    let flows = flows::in_force(&mut tx).await?;
    let facts = facts::about_new(&mut tx, caller.person.clone()).await?;
    facts.systems_of(&ask.targets)?;
    let flow = choose_flow(&flows, &facts.requester, &ask.targets)?;
    let hands = hands(&mut tx, &flow.flow, &facts, &ask.targets).await?;
    let number = access::next_number(&mut tx).await?;
    let names = NewNames { id: RequestId(tx.new_id()), number };
    let step = submit(&ask, flow, &facts, (names, &hands), tx.now())?;
    let facts = Facts { flow: Some(flow.clone()), ..facts };
    let (step, slot) = app.standby.begin(&mut tx, step, facts).await?;
    access::insert(&mut tx, &step).await?;
    let leased = app.standby.lease(&mut tx, &step.next, slot).await?;
    let shown = view::request(app, &mut tx, &step.next, &caller.person).await?;
    once::keep(&mut tx, &caller, &shown).await?;
    app.commit(tx).await?;
    app.standby.hand_over(leased);
    Ok(shown)
}

/// What only the store knows of a new request: who could be asked, or how its grants are named.
async fn hands(
    tx: &mut Tx,
    flow: &Flow,
    facts: &Facts,
    targets: &[Target],
) -> Result<Hands, StoreError> {
    let mut hands = Hands { approvers: Vec::new(), grants: Vec::new() };
    match flow.approvers() {
        Some(people) => {
            for handle in &people.any.users {
                hands.approvers.extend(people::by_handle(tx, handle).await?);
            }
        }
        None => {
            let systems = targets.iter().filter_map(|t| facts.systems.get(&t.integration));
            let systems: Vec<_> = systems.map(|system| system.id).collect();
            hands.grants = grant_names(tx, facts.requester.id, &systems).await?;
        }
    }
    Ok(hands)
}

/// One request.
pub async fn show(app: &App, person: &Person, number: &str) -> Result<wire::Request, AppError> {
    let mut tx = app.store.read().await?;
    let access = visible(&mut tx, person, number).await?;
    view::request(app, &mut tx, &access, person).await
}

/// A page of requests, newest first: a member's own, and those that they may decide about.
pub async fn list(app: &App, person: &Person, query: ListQuery) -> Result<RequestList, AppError> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let before = query.before.as_deref().map(number).transpose()?;
    let mut tx = app.store.read().await?;
    let mut found = Vec::new();
    for whose in whose(&mut tx, person).await? {
        let filter = Filter { whose, open_only: query.open, before };
        found.extend(list::requests(&mut tx, &filter, i64::from(limit)).await?);
    }
    found.sort_by_key(|listed| Reverse(number_of(listed)));
    found.dedup_by_key(|listed| number_of(listed));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let full = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|last| number_of(last).to_string());
    let (mut items, mut unreadable) = (Vec::with_capacity(found.len()), Vec::new());
    for listed in &found {
        match listed {
            Ok(access) => items.push(view::request(app, &mut tx, access, person).await?),
            Err((number, error)) => unreadable.push(format!("{number}: {error}")),
        }
    }
    Ok(RequestList { items, unreadable, next })
}

fn number_of(listed: &Listed) -> RequestNumber {
    match listed {
        Ok(access) => access.request.number,
        Err((number, _)) => *number,
    }
}

async fn whose(tx: &mut Tx, person: &Person) -> Result<Vec<Whose>, StoreError> {
    if person.role != Role::Member {
        return Ok(vec![Whose::Anybody]);
    }
    let flows = flows::in_force(tx).await?;
    let decides = |f: &&FlowInForce| f.flow.approvers().is_some_and(|p| p.include(person));
    let under = flows.iter().filter(decides).map(|f| Whose::Under(f.flow.id.clone()));
    Ok([Whose::Of(person.id)].into_iter().chain(under).collect())
}

/// Ends a request's access. Repeating it answers the present state.
pub async fn end(app: &App, caller: &Caller, number: &str) -> Result<wire::Request, AppError> {
    change(app, caller, number, async |tx, access, by| {
        let flow = flows::by_id(tx, &access.request.flow.id).await?.map(|found| found.flow);
        Ok(decide(access, Command::End { by, flow }, tx.now())?)
    })
    .await
}

/// Takes back a request that nobody decided yet.
pub async fn withdraw(app: &App, caller: &Caller, number: &str) -> Result<wire::Request, AppError> {
    change(app, caller, number, async |tx, access, by| {
        Ok(decide(access, Command::Withdraw { by }, tx.now())?)
    })
    .await
}

/// Asks for more time.
pub async fn extend(app: &App, caller: &Caller, number: &str) -> Result<wire::Request, AppError> {
    change(app, caller, number, async |tx, access, by| {
        let facts = facts::about(tx, &access.request).await?;
        Ok(decide(access, Command::Extend { by, facts }, tx.now())?)
    })
    .await
}

/// One change of one request, in one transaction: who calls, what is there, what follows.
async fn change(
    app: &App,
    caller: &Caller,
    number: &str,
    step: impl AsyncFnOnce(&mut Tx, &Access, Person) -> Result<Step, AppError>,
) -> Result<wire::Request, AppError> {
    let mut tx = app.store.write().await?;
    let caller = caller.now(&mut tx).await?;
    if let Some(before) = once::answered(&mut tx, &caller).await? {
        return Ok(before);
    }
    let access = visible(&mut tx, &caller.person, number).await?;
    let step = step(&mut tx, &access, caller.person.clone()).await?;
    keep(app, tx, &caller, (&access, &step)).await
}

/// Stores a step and answers the request as it is then.
pub(super) async fn keep(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    (before, step): (&Access, &Step),
) -> Result<wire::Request, AppError> {
    access::write(&mut tx, before, step).await?;
    let shown = view::request(app, &mut tx, &step.next, &caller.person).await?;
    once::keep(&mut tx, caller, &shown).await?;
    app.commit(tx).await?;
    Ok(shown)
}

/// A request that `person` may see: their own, or one that they may decide about. To everybody
/// else it does not exist.
pub(super) async fn visible(tx: &mut Tx, person: &Person, text: &str) -> Result<Access, AppError> {
    let number = number(text)?;
    let missing = || {
        AppError::NotFound(format!(
            "there is no request {number}, or it is not yours to see. `bellhop list` shows yours"
        ))
    };
    let access = access::find(tx, Which::Number(number)).await?.ok_or_else(missing)?;
    let theirs = access.request.requester == person.id;
    if theirs || person.role != Role::Member || approves(tx, person, &access.request).await? {
        return Ok(access);
    }
    Err(missing())
}

/// Whether `person` is one of the approvers of the request's flow as it is in force.
async fn approves(tx: &mut Tx, person: &Person, request: &Request) -> Result<bool, StoreError> {
    let flow = flows::by_id(tx, &request.flow.id).await?;
    let approvers = flow.as_ref().and_then(|found| found.flow.approvers());
    Ok(approvers.is_some_and(|people| people.include(person)))
}

fn number(text: &str) -> Result<RequestNumber, AppError> {
    text.parse().map_err(|e: bellhop_domain::BadRequestNumber| AppError::Invalid(e.to_string()))
}

fn read_ask(input: CreateRequest) -> Result<Ask, AppError> {
    let invalid = |e: bellhop_domain::BadTarget| AppError::Invalid(e.to_string());
    let targets: Result<Vec<Target>, _> = input.targets.iter().map(|t| t.parse()).collect();
    let duration = input.duration_seconds.map(|seconds| {
        Span::from_seconds(seconds).ok_or_else(|| {
            AppError::Invalid(format!("{seconds} seconds is not between 1 and 31536000"))
        })
    });
    Ok(Ask {
        targets: targets.map_err(invalid)?,
        reason: input.reason,
        duration: duration.transpose()?,
    })
}

/// For each integration in order, a new grant and the account that it is given to.
pub(super) async fn grant_names(
    tx: &mut Tx,
    person: PersonId,
    integrations: &[IntegrationId],
) -> Result<Vec<(GrantId, String)>, StoreError> {
    let mut grants = Vec::with_capacity(integrations.len());
    for integration in integrations {
        let account = accounts::in_use(tx, *integration, person).await?;
        grants.push((GrantId(tx.new_id()), account));
    }
    Ok(grants)
}
