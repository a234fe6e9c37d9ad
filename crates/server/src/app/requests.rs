//! Requests: create, show, list, end.

use std::cmp::Reverse;

use bellhop_api::{self as wire, Again, CreateRequest, ListQuery, RequestList};
use bellhop_domain::{
    Access, Ask, Command, Facts, FlowInForce, GrantId, IntegrationId, Person, PersonId, Request,
    RequestNumber, Role, Span, Step, decide,
};
use bellhop_store::access::{self, Which};
use bellhop_store::list::{self, Filter, Listed, Whose};
use bellhop_store::{StoreError, Tx, accounts, flows};

use super::cursor::Cursor;
use super::plan::{self, Naming};
use super::targets::{self, advice};
use super::{App, AppError, Caller, facts, once, view};

/// Asks for access, in one transaction: which flow, whether it allows it, and what follows.
pub async fn create(
    app: &App,
    caller: &Caller,
    input: CreateRequest,
) -> Result<wire::Request, AppError> {
    // Short names are looked up before the lock, and what they stand for is decided under it.
    let ask = read_ask(app, &caller.person, input).await;
    let mut tx = app.store.write().await?;
    let caller = caller.now(&mut tx).await?;
    if let Some(before) = once::answered(&mut tx, &caller).await? {
        return Ok(before);
    }
    let ask = ask?;
    let flows = app.targets.flows(&mut tx).await?;
    let facts = facts::about_new(app, &mut tx, caller.person.clone()).await?;
    let decided = plan::decided(&mut tx, &ask, (&flows, &facts), Naming::Stored).await;
    let (flow, step) = match decided {
        Ok(decided) => decided,
        Err(error) => {
            drop(tx);
            return Err(advice::refused(app, &caller.person, &ask.targets, error).await);
        }
    };
    let facts = Facts { flow: Some(flow), ..facts };
    let (step, slot) = app.standby.begin(&mut tx, step, facts).await?;
    access::insert(&mut tx, &step).await?;
    let leased = app.standby.lease(&mut tx, &step.next, slot).await?;
    let shown = view::request(app, &mut tx, &step.next, &caller.person).await?;
    once::keep(&mut tx, &caller, &shown).await?;
    app.commit(tx).await?;
    app.standby.hand_over(leased);
    Ok(shown)
}

/// Asks for the same once more, as a new request: nothing of the old one's decision counts for it.
pub async fn again(
    app: &App,
    caller: &Caller,
    number: &str,
    ask: Again,
) -> Result<wire::Request, AppError> {
    let mut tx = app.store.read().await?;
    let before = visible(&mut tx, &caller.person, number).await?.request;
    drop(tx);
    if before.requester != caller.person.id {
        let targets: Vec<_> = before.wanted.iter().map(|w| w.target.to_string()).collect();
        return Err(AppError::Forbidden(format!(
            "{} is somebody else's request. To ask for the same for yourself: bellhop request {}",
            before.number,
            targets.join(" ")
        )));
    }
    let input = CreateRequest {
        targets: before.wanted.iter().map(|wanted| wanted.target.to_string()).collect(),
        reason: ask.reason.unwrap_or(before.reason),
        duration_seconds: ask.duration_seconds.or(Some(u64::from(before.duration.seconds()))),
    };
    create(app, caller, input).await
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
    let pages = Cursor::of(if query.open { "open requests" } else { "requests" });
    let before = query.cursor.as_deref().map(|cursor| pages.read(cursor)).transpose()?;
    let before = before.map(RequestNumber);
    let mut tx = app.store.read().await?;
    let mut found = Vec::new();
    for whose in whose(&mut tx, person).await? {
        let filter = Filter { whose, open_only: query.open, before };
        // One more than the page holds tells whether there is another page.
        found.extend(list::requests(&mut tx, &filter, i64::from(limit) + 1).await?);
    }
    found.sort_by_key(|listed| Reverse(number_of(listed)));
    found.dedup_by_key(|listed| number_of(listed));
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| pages.write(number_of(last).0));
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
pub async fn end(
    app: &App,
    caller: &Caller,
    number: &str,
    wire::End { note }: wire::End,
) -> Result<wire::Request, AppError> {
    change(app, caller, number, async |tx, access, by| {
        let flow = flows::by_id(tx, &access.request.flow.id).await?.map(|found| found.flow);
        Ok(decide(access, Command::End { by, flow, note }, tx.now())?)
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
        let facts = facts::about(app, tx, &access.request).await?;
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

/// What is asked for, with short names made whole.
pub(super) async fn read_ask(
    app: &App,
    person: &Person,
    input: CreateRequest,
) -> Result<Ask, AppError> {
    let CreateRequest { targets, reason, duration_seconds } = input;
    let duration = duration_seconds.map(read_span).transpose()?;
    Ok(Ask { targets: targets::targets(app, person, &targets).await?, reason, duration })
}

/// A length of time that somebody named.
pub(super) fn read_span(seconds: u64) -> Result<Span, AppError> {
    Span::from_seconds(seconds).ok_or_else(|| {
        AppError::Invalid(format!(
            "{seconds} seconds is no duration: access lasts between 1 second and 365 days (31536000)"
        ))
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
