//! Decisions by people: approve and deny.

use bellhop_api::{self as wire, Decide};
use bellhop_domain::{Access, Command, Refusal, Review, Seen, Status, Verdict, decide};
use bellhop_store::Tx;

use super::{App, AppError, Caller, facts, once, requests, view};

/// Decides about a pending request, or an extension of one. Whoever acted on an old picture gets
/// the present one with the refusal.
pub async fn decide_on(
    app: &App,
    caller: &Caller,
    (number, verdict): (&str, Verdict),
    input: Decide,
) -> Result<wire::Request, AppError> {
    let mut tx = app.store.write().await?;
    let caller = caller.now(&mut tx).await?;
    if let Some(before) = once::answered(&mut tx, &caller).await? {
        return Ok(before);
    }
    let Caller { person, via, .. } = caller.clone();
    let access = requests::visible(&mut tx, &person, number).await?;
    let facts = facts::about(app, &mut tx, &access.request).await?;
    let grants = match (access.status(), verdict) {
        (Status::Pending, Verdict::Approve) => {
            let systems: Vec<_> = access.request.wanted.iter().map(|w| w.integration).collect();
            requests::grant_names(&mut tx, access.request.requester, &systems).await?
        }
        _ => Vec::new(),
    };
    let Decide { seen, note, duration_seconds } = input;
    let shorter = duration_seconds.map(requests::read_span).transpose()?;
    let review = Review { by: person, via, seen: Seen(seen), note, verdict, shorter };
    match decide(&access, Command::Review { review, facts, grants }, tx.now()) {
        Ok(step) => requests::keep(app, tx, &caller, (&access, &step)).await,
        Err(refusal) => Err(with_current(app, &mut tx, (&access, &caller), refusal).await),
    }
}

async fn with_current(
    app: &App,
    tx: &mut Tx,
    (access, caller): (&Access, &Caller),
    refusal: Refusal,
) -> AppError {
    let old = matches!(
        refusal,
        Refusal::ContentChanged { .. } | Refusal::AlreadyDecided { .. } | Refusal::Lapsed { .. }
    );
    if !old {
        return refusal.into();
    }
    match view::request(app, tx, access, &caller.person).await {
        Ok(current) => AppError::Outdated { refusal, current: Box::new(current) },
        Err(error) => error,
    }
}
