//! Requests: create, show, list, end.

use bellhop_api::{self as wire, CreateRequest, ListQuery, RequestList};
use bellhop_domain::{
    Access, Ask, Command, GrantId, IntegrationId, NewNames, Person, RequestId, RequestNumber, Role,
    Span, Target, choose_flow, decide, submit,
};
use bellhop_store::access::{self, Which};
use bellhop_store::integrations::Integration;
use bellhop_store::list::{self, Filter};
use bellhop_store::{StoreError, Tx, accounts, flows, integrations};

use super::{App, AppError, view};

/// Asks for access, in one transaction: which flow, whether it allows it, and what follows.
pub async fn create(
    app: &App,
    person: &Person,
    input: CreateRequest,
) -> Result<wire::Request, AppError> {
    let ask = read_ask(input)?;
    let mut tx = app.store.write().await?;
    let flows = flows::in_force(&mut tx).await?;
    let integrations = ready_integrations(&mut tx, &ask.targets).await?;
    let flow = choose_flow(&flows, person, &ask.targets)?;
    let names = new_names(&mut tx, person, &integrations).await?;
    let step = submit(ask, person, flow, names, tx.now())?;
    let (step, slot) = app.standby.begin(&mut tx, step).await?;
    access::insert(&mut tx, &step, &integrations).await?;
    let leased = app.standby.lease(&mut tx, &step.next, slot).await?;
    let shown = view::request(app, &mut tx, &step.next).await?;
    app.commit(tx).await?;
    app.standby.hand_over(leased);
    Ok(shown)
}

/// One request.
pub async fn show(app: &App, person: &Person, number: &str) -> Result<wire::Request, AppError> {
    let mut tx = app.store.read().await?;
    let access = visible(&mut tx, person, number).await?;
    view::request(app, &mut tx, &access).await
}

/// A page of requests, newest first.
pub async fn list(app: &App, person: &Person, query: ListQuery) -> Result<RequestList, AppError> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let before = query.before.as_deref().map(number).transpose()?;
    let requester = (person.role == Role::Member).then_some(person.id);
    let filter = Filter { requester, open_only: query.open, before };
    let mut tx = app.store.read().await?;
    let found = list::requests(&mut tx, filter, i64::from(limit)).await?;
    let full = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|last| last.request.number.to_string());
    let mut items = Vec::with_capacity(found.len());
    for access in &found {
        items.push(view::request(app, &mut tx, access).await?);
    }
    Ok(RequestList { items, next })
}

/// Ends a request's access. Repeating it answers the present state.
pub async fn end(app: &App, person: &Person, number: &str) -> Result<wire::Request, AppError> {
    let mut tx = app.store.write().await?;
    let access = visible(&mut tx, person, number).await?;
    let step = decide(&access, Command::End { by: person.clone() }, tx.now())?;
    access::write(&mut tx, &access, &step).await?;
    let shown = view::request(app, &mut tx, &step.next).await?;
    app.commit(tx).await?;
    Ok(shown)
}

/// A request that `person` may see; to everybody else it does not exist.
pub(super) async fn visible(tx: &mut Tx, person: &Person, text: &str) -> Result<Access, AppError> {
    let number = number(text)?;
    let missing = || {
        AppError::NotFound(format!(
            "there is no request {number}, or it is not yours to see. `bellhop list` shows yours"
        ))
    };
    let access = access::find(tx, Which::Number(number)).await?.ok_or_else(missing)?;
    let theirs = access.request.requester == person.id;
    if theirs || person.role != Role::Member { Ok(access) } else { Err(missing()) }
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

/// The integration of each target. One that cannot revoke must not grant: anything but `active`
/// refuses here, before a promise is made.
async fn ready_integrations(
    tx: &mut Tx,
    targets: &[Target],
) -> Result<Vec<IntegrationId>, AppError> {
    let mut found = Vec::with_capacity(targets.len());
    for target in targets {
        let integration = integrations::by_name(tx, &target.integration).await?;
        found.push(ready(tx, &target.integration, integration).await?);
    }
    Ok(found)
}

async fn ready(
    tx: &mut Tx,
    name: &str,
    integration: Option<Integration>,
) -> Result<IntegrationId, AppError> {
    let Some(integration) = integration else {
        let known = integrations::all(tx).await?;
        let names: Vec<_> = known.iter().map(|i| i.name.as_str()).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let text = format!("there is no integration \"{name}\". Known integrations: {known}");
        return Err(AppError::NotFound(text));
    };
    if integration.status == "active" {
        return Ok(integration.id);
    }
    let Integration { status, status_why, .. } = integration;
    Err(AppError::Fault(bellhop_connectors::Fault::Unavailable(format!(
        "{name} takes no new access while its status is {status}: {status_why}"
    ))))
}

async fn new_names(
    tx: &mut Tx,
    person: &Person,
    integrations: &[IntegrationId],
) -> Result<NewNames, StoreError> {
    let mut grants = Vec::with_capacity(integrations.len());
    for integration in integrations {
        let account = accounts::in_use(tx, *integration, person.id).await?;
        grants.push((GrantId(tx.new_id()), account));
    }
    let number = access::next_number(tx).await?;
    Ok(NewNames { id: RequestId(tx.new_id()), number, grants })
}
