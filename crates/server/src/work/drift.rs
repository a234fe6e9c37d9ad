//! What is in a connected system and should not be there: on record before it is removed, and told
//! as removed once it is gone, once each, whoever dies in between.

use bellhop_connectors::{Fault, Leaving, Revoked};
use bellhop_domain::{Actor, Event, Subject};
use bellhop_store::audit;
use bellhop_store::drift::{self, Place};
use serde_json::{Value, json};

use super::effect::Effect;
use crate::app::{App, AppError};

/// How often others are looked for in one try: each time somebody gave the account more.
const MOST_ROUNDS: usize = 3;

/// Something is there. Nothing outside may be removed before this is stored.
pub(super) async fn found(
    app: &App,
    (place, system): (Place, &str),
    what: &str,
) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    if drift::note(&mut tx, place, what).await? {
        let after = json!({ "found": what, "grant": place.grant });
        audit::append(&mut tx, &[event("drift.found", system, None, after)]).await?;
    }
    Ok(app.commit(tx).await?)
}

/// It is gone, by us or by anybody.
pub(super) async fn removed(
    app: &App,
    (place, system): (Place, &str),
    what: &str,
) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    if drift::forget(&mut tx, place, what).await? {
        let before = json!({ "found": what });
        let after = json!({ "removed": what, "grant": place.grant });
        audit::append(&mut tx, &[event("drift.removed", system, Some(before), after)]).await?;
        tracing::warn!(system, what, "removed what should not be there");
    }
    Ok(app.commit(tx).await?)
}

fn event(kind: &str, system: &str, before: Option<Value>, after: Value) -> Event {
    Event {
        kind: kind.to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: system.to_owned() },
        before,
        after,
    }
}

/// Has the connector take away what is the grant's, and what somebody else gave to its account:
/// that as soon as it is on record. `leaving.recorded` is what is there already.
pub(super) async fn take_off(
    app: &App,
    effect: &Effect<'_>,
    place: Place,
    mut leaving: Leaving,
) -> Result<Revoked, AppError> {
    let system = effect.order.target.integration.as_str();
    for _ in 0..MOST_ROUNDS {
        let revoked = effect.call(effect.connector.revoke(&effect.order, &leaving)).await?;
        match revoked {
            Revoked::Others(others) => {
                for what in others {
                    found(app, (place, system), &what).await?;
                    leaving.recorded.insert(what);
                }
            }
            Revoked::Done | Revoked::AlreadyGone => {
                for what in &leaving.recorded {
                    removed(app, (place, system), what).await?;
                }
                return Ok(revoked);
            }
            Revoked::Kept(_) => return Ok(revoked),
        }
    }
    let why = "somebody gives the account access as fast as it is taken away".to_owned();
    Err(Fault::Unavailable(why).into())
}
